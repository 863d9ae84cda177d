/** An OpenID provider as a program of its own: `oidc-program.ts PORT JSON`, where the JSON is its `Setup`. */
import { createServer } from 'node:http'
// @ts-expect-error -- the package brings no types
import UntypedProvider from 'oidc-provider'
import type { Setup } from './oidc-server.ts'

type Interaction = { uid: string; prompt: { name: string; details: Record<string, unknown> }; params: { client_id: string } }
type Grant = { addOIDCScope(scope: string): void; save(): Promise<string> }
type Provider = {
  callback(): (request: unknown, response: unknown) => void
  interactionDetails(request: unknown, response: unknown): Promise<Interaction>
  interactionFinished(request: unknown, response: unknown, result: unknown): Promise<void>
  Grant: new (about: { accountId: string; clientId: string }) => Grant
}
const Provider = UntypedProvider as new (issuer: string, configuration: unknown) => Provider

const [port = '', text = '{}'] = process.argv.slice(2)
const { clients, people, tokenLacks = [] } = JSON.parse(text) as Setup
const issuer = `http://localhost:${port}`

const page = (body: string) => `<!doctype html><html lang="en"><title>Provider</title><h1>Provider</h1>${body}</html>`

function logoutSource(context: { body: string }, form: string) {
  context.body = page(`${form}<button form="op.logoutForm" name="logout" value="yes">Yes</button>`)
}

const provider = new Provider(issuer, {
  clients,
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
  conformIdTokenClaims: tokenLacks.length > 0,
  features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: true, logoutSource } },
  interactions: { url: (_: unknown, { uid }: Interaction) => `/people/${uid}` },
  cookies: { keys: ['a key of tests'] },
  pkce: { required: () => true },
  ttl: { AccessToken: 300, AuthorizationCode: 60, IdToken: 300, Interaction: 600, Session: 600, Grant: 600 },
  findAccount: (_: unknown, id: string) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
})

const answerAll = provider.callback()
createServer((request, response) => {
  const path = new URL(request.url ?? '/', issuer).pathname
  if (!path.startsWith('/people/')) return answerAll(request, response)
  if (request.method === 'GET') {
    response.setHeader('content-type', 'text/html')
    const buttons = Object.keys(people).map((name) => `<button name="person" value="${name}">${name}</button>`)
    response.end(page(`<form method="post">${buttons.join('')}<button name="person" value="">Nobody</button></form>`))
    return undefined
  }
  let body = ''
  request.on('data', (part) => (body += String(part)))
  request.on('end', () => void decide({ request, response, person: new URLSearchParams(body).get('person') ?? '' }))
  return undefined
}).listen(Number(port), 'localhost', () => console.log('ready'))

/** Signs a person in, and agrees to whatever is asked. */
async function decide({ request, response, person }: { request: unknown; response: unknown; person: string }) {
  const { params } = await provider.interactionDetails(request, response)
  if (person === '') {
    const result = { error: 'access_denied', error_description: 'Nobody wanted to' }
    return provider.interactionFinished(request, response, result)
  }
  const grant = new provider.Grant({ accountId: person, clientId: params.client_id })
  grant.addOIDCScope('openid email profile')
  const result = { login: { accountId: person, remember: false }, consent: { grantId: await grant.save() } }
  return provider.interactionFinished(request, response, result)
}
