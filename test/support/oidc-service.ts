import type { Lifetime } from './ending.ts'
import { type OidcServer, startOidcServer, type Visitor } from './oidc-server.ts'
import { freePort } from './ports.ts'
import { type RunningServer, type ServerOptions, startServer } from './server.ts'

/** Groups of the provider's people, as roles. */
export const OIDC_CONFIG = `
projects:
  payments-api: { path: ./payments }
  website: { path: ./website, tags: [web] }
security:
  oidc:
    claims:
      - { claim: groups, value: platform-leads, role: operator, projects: ["payments-*"] }
      - { claim: groups, value: web, role: viewer, projects: ["tag:web"] }
`

export type OidcService = { server: RunningServer; provider: OidcServer; env: Record<string, string> }

/** The service with a real provider of its own. */
export async function startOidcService(options: ServerOptions & { lifetime?: Lifetime } = {}): Promise<OidcService> {
  const { lifetime = 'test' } = options
  const port = await freePort()
  const url = `http://localhost:${port}`
  const provider = await startOidcServer({ services: [url], lifetime })
  const { issuer, clientId, clientSecret } = provider
  const env = { AUTH: 'oidc', PUBLIC_URL: url, OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret }
  const server = await startServer({ config: OIDC_CONFIG, ...options, port, env: { ...env, ...options.env } })
  return { server, provider, env }
}

/** Signs a person in; gives back the answer to the callback. */
export async function signInAt(service: { url: string }, visitor: Visitor, person: string, to = '/'): Promise<Response> {
  const left = await visitor.fetch(`${service.url}/auth/login?to=${encodeURIComponent(to)}`)
  const back = await visitor.signInAt(left.headers.get('location') ?? '', person)
  return visitor.fetch(`${service.url}${back.pathname}${back.search}`)
}
