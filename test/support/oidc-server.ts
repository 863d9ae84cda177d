import { join } from 'node:path'
import { endAfter, type Lifetime } from './ending.ts'
import { within } from './eventually.ts'
import { freePort } from './ports.ts'
import { plainEnvironment } from './server.ts'

type Person = { name?: string; email?: string; email_verified?: boolean; groups?: string[] }

export type Setup = {
  clients: Record<string, unknown>[]
  people: Record<string, Person>
  /** Where not empty, claims are told by userinfo alone, as many providers do. */
  tokenLacks?: string[]
}

export type OidcServer = {
  issuer: string
  clientId: string
  clientSecret: string
  /** Ends it as a power cut would. */
  kill(): Promise<void>
  /** Starts it again on its port. It has forgotten everything. */
  restart(): Promise<void>
}

export const PEOPLE: Record<string, Person> = {
  mara: { name: 'Mara Lind', email: 'mara@example.com', email_verified: true, groups: ['platform-leads', 'web'] },
  jonas: { name: 'Jonas Weber', email: 'jonas@example.com', email_verified: false, groups: ['web'] },
  nameless: { groups: [] },
}

export type OidcServerOptions = {
  /** Where browsers may come back to: the public URLs of services. */
  services: string[]
  people?: Record<string, Person>
  isTokenBare?: boolean
  authMethod?: 'client_secret_basic' | 'client_secret_post' | 'none'
  lifetime?: Lifetime
}

/** Starts a real OpenID provider, a process of its own. */
export async function startOidcServer(options: OidcServerOptions): Promise<OidcServer> {
  const { services, people = PEOPLE, isTokenBare = false, authMethod = 'client_secret_basic', lifetime = 'test' } = options
  const port = await freePort()
  const [clientId, clientSecret] = ['visualizer', 'a secret of tests that is long']
  const client = {
    client_id: clientId,
    ...(authMethod === 'none' ? {} : { client_secret: clientSecret }),
    token_endpoint_auth_method: authMethod,
    redirect_uris: services.map((url) => `${url}/auth/callback`),
    post_logout_redirect_uris: services.map((url) => `${url}/signed-out`),
  }
  const setup: Setup = { clients: [client], people, tokenLacks: isTokenBare ? ['email'] : [] }
  const argv = [process.execPath, join(import.meta.dir, 'oidc-program.ts'), String(port), JSON.stringify(setup)]
  let child: Bun.Subprocess<'ignore', 'pipe', 'pipe'> | undefined
  const kill = async () => {
    child?.kill('SIGKILL')
    await child?.exited
  }
  async function restart() {
    await kill()
    const started = Bun.spawn(argv, { stdio: ['ignore', 'pipe', 'pipe'], env: plainEnvironment() })
    child = started
    await within(30_000, 'the start of the provider', isReady(started))
  }
  endAfter(lifetime, kill)
  await restart()
  return { issuer: `http://localhost:${port}`, clientId, clientSecret, kill, restart }
}

async function isReady({ stdout, stderr }: Bun.Subprocess<'ignore', 'pipe', 'pipe'>): Promise<void> {
  const decoder = new TextDecoder()
  let written = ''
  for await (const bytes of stdout) {
    written += decoder.decode(bytes, { stream: true })
    if (written.includes('ready')) return
  }
  throw new Error(`the provider ended: ${written}${await new Response(stderr).text()}`)
}

const PAGE = { headers: { accept: 'text/html' } }

/** A browser without script: it keeps cookies by host, and follows redirects until one leads to an address that it is to stop at. */
export class Visitor {
  readonly cookies = new Map<string, string>()

  async fetch(address: string | URL, init: RequestInit = {}): Promise<Response> {
    const { host } = new URL(address)
    const own = [...this.cookies].flatMap(([key, value]) => (key.startsWith(`${host} `) ? [`${key.slice(host.length + 1)}=${value}`] : []))
    const headers = new Headers(init.headers)
    if (own.length > 0) headers.set('cookie', own.join('; '))
    const answer = await fetch(address, { ...init, headers, redirect: 'manual' })
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]*)=([^;]*)/.exec(line) ?? []
      const isGone = value === '' || /max-age=0/i.test(line) || /expires=thu, 01 jan 1970/i.test(line)
      if (isGone) this.cookies.delete(`${host} ${name}`)
      else this.cookies.set(`${host} ${name}`, value)
    }
    return answer
  }

  /** Sends a form of the service, with the token that its pages hold. */
  async send(address: string, fields: Record<string, string> = {}): Promise<Response> {
    const page = await (await this.fetch(new URL('/', address), PAGE)).text()
    const csrf = /data-csrf="([^"]+)"/.exec(page)?.[1] ?? ''
    return this.fetch(address, { method: 'POST', ...PAGE, body: new URLSearchParams({ ...fields, _csrf: csrf }) })
  }

  /** Follows an address to the provider's page, signs a person in there, and gives back where the provider leads to then. */
  async signInAt(url: string, person: string): Promise<URL> {
    const { host } = new URL(url)
    let next = new URL(url)
    for (let hop = 0; hop < 12 && next.host === host; hop++) {
      const form = { method: 'POST', body: new URLSearchParams({ person }) }
      const answer = await this.fetch(next, next.pathname.startsWith('/people/') ? form : {})
      const location = answer.headers.get('location')
      if (location === null) throw new Error(`${next.href} answers ${answer.status}: ${(await answer.text()).slice(0, 1_000)}`)
      next = new URL(location, next)
    }
    return next
  }
}
