import type { ProvidersConfig } from '../config/config.ts'
import type { KeyValue } from '../key-value/key-value.ts'
import { type JwtVerifier, jwtVerifier } from './jwt.ts'
import { type Oidc, openOidc } from './oidc.ts'
import { type ProxyDoor, proxyDoor } from './proxy.ts'
import type { Signer } from './signing.ts'

/** Who else says who somebody is, as far as it is configured. */
export type Providers = { oidc: Oidc | undefined; proxy: ProxyDoor | undefined; jwt: JwtVerifier | undefined }

type Deps = {
  config: ProvidersConfig
  signer: Signer
  keyValue: Pick<KeyValue, 'compareAndSet'>
  /** Hears why a provider or an issuer could not be asked. */
  onAway(error: unknown): void
}

/** Opens what is configured; nobody is asked anything before the first sign-in or token. */
export function openProviders({ config, signer, keyValue, onAway }: Deps): Providers {
  const { oidc, proxy, jwt } = config
  return {
    oidc: oidc && openOidc({ config: oidc, signer, keyValue, onError: onAway }),
    proxy: proxy && proxyDoor(proxy),
    jwt: jwt && jwtVerifier(jwt, { onError: onAway }),
  }
}
