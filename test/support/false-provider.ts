import { type Issuer, startIssuer } from './issuer.ts'

export type FalseProvider = {
  issuer: string
  clientId: string
  /** What it lies about from now on. */
  lie(changes: Lies): void
  /** Where a browser would come back to from it, for the address that it was sent to. */
  answerTo(url: string): URL
}

type Lies = {
  idToken?: (about: { issuer: Issuer; claims: Record<string, unknown> }) => Promise<string> | string
  userinfo?: () => Response | Promise<Response>
  token?: () => Response | Promise<Response>
  metadata?: Record<string, unknown>
}

/** A provider that says what it is told to say, with keys that are right. */
export async function startFalseProvider(): Promise<FalseProvider> {
  const keys = await startIssuer()
  const clientId = 'visualizer'
  let lies: Lies = {}
  let nonce = ''
  const claimsNow = () => {
    const now = Math.floor(Date.now() / 1000)
    return { iss: keys.issuer, aud: clientId, sub: 'mara', nonce, iat: now, exp: now + 300, name: 'Mara' }
  }
  const makeToken = async () => {
    const claims = claimsNow()
    return (await lies.idToken?.({ issuer: keys, claims })) ?? keys.token({ claims, header: { typ: 'JWT' } })
  }
  keys.answerAt('/.well-known/openid-configuration', () =>
    Response.json({
      ...{ issuer: keys.issuer, authorization_endpoint: `${keys.issuer}/auth`, token_endpoint: `${keys.issuer}/token` },
      ...{ jwks_uri: keys.config.jwksUrl, userinfo_endpoint: `${keys.issuer}/me` },
      ...{ response_types_supported: ['code'], subject_types_supported: ['public'], id_token_signing_alg_values_supported: ['RS256'] },
      ...lies.metadata,
    }),
  )
  keys.answerAt('/token', async () => {
    const answer = await lies.token?.()
    return answer ?? Response.json({ access_token: 'access', token_type: 'Bearer', id_token: await makeToken() })
  })
  keys.answerAt('/me', async () => {
    const answer = await lies.userinfo?.()
    return answer ?? Response.json({ sub: 'mara', email: 'mara@example.com', email_verified: true })
  })
  return {
    issuer: keys.issuer,
    clientId,
    lie: (changes) => (lies = changes),
    answerTo(url) {
      const asked = new URL(url).searchParams
      nonce = asked.get('nonce') ?? ''
      const back = new URL(asked.get('redirect_uri') ?? '')
      back.search = String(new URLSearchParams({ code: 'code', state: asked.get('state') ?? '', iss: keys.issuer }))
      return back
    },
  }
}
