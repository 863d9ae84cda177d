import * as jose from 'jose'
import type { JwtConfig } from '../../src/config/config.ts'
import { endAfter } from './ending.ts'

export const AUDIENCE = 'https://visualizer.example.com'

type Signer = { alg: string; kid: string; privateKey: CryptoKey; publicJwk: jose.JWK; publicPem: string }

/** A key pair as an issuer has it. */
export async function makeSigner(alg: string, kid: string): Promise<Signer> {
  const { privateKey, publicKey } = await jose.generateKeyPair(alg, { extractable: true })
  const publicJwk = { ...(await jose.exportJWK(publicKey)), kid, alg, use: 'sig' }
  return { alg, kid, privateKey, publicJwk, publicPem: await jose.exportSPKI(publicKey) }
}

export type Issuer = {
  issuer: string
  config: JwtConfig
  signers: Record<'RS256' | 'ES256' | 'EdDSA', Signer>
  /** How often the keys were asked for. */
  asked(): number
  /** What is answered to that; undefined: the keys. */
  answerWith(answer: (() => Response | Promise<Response>) | undefined): void
  /** Answers at another address too. */
  answerAt(path: string, answer: () => Response | Promise<Response>): void
  publish(...signers: Signer[]): void
  /** A token that is right but for what is changed; undefined leaves a claim or a field out. */
  token(changes?: { claims?: Record<string, unknown>; header?: Record<string, unknown>; signer?: Signer; key?: CryptoKey }): Promise<string>
}

// Making an RSA key takes half a second.
let signers: Promise<[Signer, Signer, Signer]> | undefined

/** An issuer of tokens: a real server of its keys. */
export async function startIssuer(): Promise<Issuer> {
  signers ??= Promise.all([makeSigner('RS256', 'rsa-1'), makeSigner('ES256', 'ec-1'), makeSigner('EdDSA', 'ed-1')])
  const [RS256, ES256, EdDSA] = await signers
  let published: Signer[] = [RS256, ES256, EdDSA]
  let special: (() => Response | Promise<Response>) | undefined
  const others = new Map<string, () => Response | Promise<Response>>()
  let count = 0
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: (request) => {
      const other = others.get(new URL(request.url).pathname)
      if (other !== undefined) return other()
      count++
      return special?.() ?? Response.json({ keys: published.map(({ publicJwk }) => publicJwk) })
    },
  })
  endAfter('test', () => server.stop(true))
  const issuer = `http://127.0.0.1:${server.port}`
  return {
    issuer,
    config: {
      ...{ issuer, audiences: [AUDIENCE], jwksUrl: `${issuer}/keys`, algorithms: ['RS256', 'ES256', 'EdDSA'] },
      ...{ groupsClaim: 'groups', scopesClaim: undefined, claims: [] },
    },
    signers: { RS256, ES256, EdDSA },
    asked: () => count,
    answerWith: (answer) => (special = answer),
    answerAt: (path, answer) => void others.set(path, answer),
    publish: (...signers) => (published = signers),
    async token({ claims = {}, header = {}, signer = RS256, key } = {}) {
      const now = Math.floor(Date.now() / 1000)
      const payload = { iss: issuer, aud: AUDIENCE, sub: 'deploy-bot', iat: now, exp: now + 300, ...claims }
      const fields = { alg: signer.alg, kid: signer.kid, typ: 'at+jwt', ...header }
      return signed(fields, payload, { alg: signer.alg, key: key ?? signer.privateKey })
    },
  }
}

const encoded = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

/** Signs whatever the header says: the library would refuse to make what the tests need. */
export async function signed(header: unknown, payload: unknown, { alg, key }: { alg: string; key: CryptoKey }): Promise<string> {
  const text = `${encoded(header)}.${encoded(payload)}`
  const algorithms: Record<string, AlgorithmIdentifier | EcdsaParams> = { RS256: 'RSASSA-PKCS1-v1_5', EdDSA: 'Ed25519' }
  const algorithm = algorithms[alg] ?? { name: 'ECDSA', hash: 'SHA-256' }
  const signature = await crypto.subtle.sign(algorithm, key, Buffer.from(text))
  return `${text}.${Buffer.from(signature).toString('base64url')}`
}

/** Signs with a shared secret. */
export async function signedByHmac(header: unknown, payload: unknown, secret: string): Promise<string> {
  const text = `${encoded(header)}.${encoded(payload)}`
  return `${text}.${new Bun.CryptoHasher('sha256', secret).update(text).digest('base64url')}`
}

/** A token without a signature. */
export const unsigned = (header: unknown, payload: unknown, signature = '') => `${encoded(header)}.${encoded(payload)}.${signature}`
