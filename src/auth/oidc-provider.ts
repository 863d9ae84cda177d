import type * as Client from 'openid-client'
import type { OidcConfig } from '../config/config.ts'
import { boundedFetch } from './bounded-fetch.ts'

/** The provider does not answer, or answers with an error of its own. */
export class ProviderAwayError extends Error {
  override name = 'ProviderAwayError'
}

export type Provider = {
  /** Its name in words: `id.example.com`. */
  host: string
  /** As it was known last, else asked now. Both reject with ProviderAwayError, at once where it was away a moment ago. */
  open(): Promise<Opened>
  /** Asked within the last seconds, else now: before people are sent there. */
  check(): Promise<Opened>
}

/** The library with what the provider says of itself. */
type Opened = { client: typeof Client; about: Client.Configuration }

const TIMEOUT_MS = 5_000
const ANSWER_LIMIT_BYTES = 1024 * 1024
const COOL_DOWN_MS = 5_000
const CHECKED_MS = 15_000

type Options = { now?: () => number; onError(error: unknown): void }

/** A provider that is first asked when somebody signs in, never at the start. */
export function openProvider(config: OidcConfig, { now = () => performance.now(), onError }: Options): Provider {
  const { host } = new URL(config.issuer)
  const away = (cause: unknown) => new ProviderAwayError(`${host} does not answer`, { cause })
  let known: Opened | undefined
  let opening: Promise<Opened> | undefined
  let [knownAt, failedAt] = [-Infinity, -Infinity]

  async function discover() {
    try {
      const client = await import('openid-client')
      known = { client, about: await discovered(client, config) }
      knownAt = now()
      return known
    } catch (error) {
      failedAt = now()
      onError(error)
      throw away(error)
    } finally {
      opening = undefined
    }
  }

  function check(): Promise<Opened> {
    if (known !== undefined && now() - knownAt < CHECKED_MS) return Promise.resolve(known)
    if (now() - failedAt >= COOL_DOWN_MS) opening ??= discover()
    return opening ?? Promise.reject(away(undefined))
  }

  return { host, check, open: () => (known === undefined ? check() : Promise.resolve(known)) }
}

async function discovered(client: typeof Client, { issuer, clientId, clientSecret }: OidcConfig): Promise<Client.Configuration> {
  const ask = answered(boundedFetch({ limitBytes: ANSWER_LIMIT_BYTES, timeoutMs: TIMEOUT_MS }))
  // oxlint-disable-next-line typescript/no-deprecated -- the configuration takes http on this machine alone
  const insecure: ((about: Client.Configuration) => void)[] = issuer.startsWith('http:') ? [client.allowInsecureRequests] : []
  const execute = [client.enableNonRepudiationChecks, ...insecure]
  const timeout = TIMEOUT_MS / 1000
  const options = { execute, timeout, [client.customFetch]: ask }
  const found = await client.discovery(new URL(issuer), clientId, undefined, client.None(), options)
  const metadata = found.serverMetadata()
  const secret = clientSecret?.reveal()
  if (secret === undefined) return found
  const methods = metadata.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
  const auth = methods.includes('client_secret_basic') ? client.ClientSecretBasic(secret) : client.ClientSecretPost(secret)
  const about = new client.Configuration(metadata, clientId, undefined, auth)
  about.timeout = timeout
  about[client.customFetch] = ask
  for (const extend of execute) extend(about)
  return about
}

/** A failed request and an error of the provider's own are the provider's being away, not the fault of whoever signs in. */
const answered =
  (ask: ReturnType<typeof boundedFetch>): Client.CustomFetch =>
  async (address, { method, headers, body, signal }) => {
    const answer = await ask(address, { method, headers, signal, body: body instanceof URLSearchParams ? body : null }).catch(
      (error: unknown) => {
        throw new ProviderAwayError('the provider does not answer', { cause: error })
      },
    )
    if (answer.status >= 500 || answer.status === 429) throw new ProviderAwayError(`the provider answers ${answer.status}`)
    return answer
  }

/** Whether a provider that is away is the cause of an error. */
export function isAway(error: unknown): boolean {
  return error instanceof ProviderAwayError || (error instanceof Error && error.cause !== undefined && isAway(error.cause))
}
