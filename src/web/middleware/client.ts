import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { plainAddress, rangesOf } from '../../auth/address-ranges.ts'
import type { Env, WebSettings } from '../env.ts'
import { ONE_HOST } from './guard.ts'

type Settings = Pick<WebSettings, 'trustedProxies' | 'publicUrl'>

/** Puts `client` into the context. X-Forwarded-* fields count only from trusted proxies: anybody else may write what they like. */
export function identifyClient(settings: Settings) {
  const isTrusted = rangesOf(settings.trustedProxies)
  return createMiddleware<Env>((c, next) => {
    const peer = plainAddress(c.env.server.requestIP(c.env.arrived)?.address ?? '')
    const isFromProxy = isTrusted(peer)
    const forwarded = isFromProxy ? forwardedBy(c) : NOT_FORWARDED
    const address = isFromProxy ? clientBehind(peer, c.req.header('x-forwarded-for'), isTrusted) : peer
    const isHttps = forwarded.proto === 'https'
    const host = forwarded.host ?? c.req.header('host') ?? ''
    const named = originOf(c, { isHttps, host })
    c.set('client', { address, isHttps, named, origin: settings.publicUrl ?? named })
    return next()
  })
}

const NOT_FORWARDED = { proto: undefined, host: undefined }

/** The last value of each is what the nearest proxy added. */
function forwardedBy(c: Context<Env>): { proto: string | undefined; host: string | undefined } {
  const lastOf = (name: string) => c.req.header(name)?.split(',').at(-1)?.trim()
  const host = lastOf('x-forwarded-host')
  return { proto: lastOf('x-forwarded-proto')?.toLowerCase(), host: host !== undefined && ONE_HOST.test(host) ? host : undefined }
}

/** The right-most address that is no trusted proxy: what stands left of it, the client itself may have written. */
function clientBehind(peer: string, forwardedFor: string | undefined, isTrusted: (address: string) => boolean): string {
  let address = peer
  for (const entry of (forwardedFor ?? '').split(',').toReversed()) {
    const named = plainAddress(withoutPort(entry.trim()))
    if (named === '') return address
    address = named
    if (!isTrusted(named)) return address
  }
  return address
}

const withoutPort = (text: string) => /^\[(.*)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text

function originOf(c: Context<Env>, { isHttps, host }: { isHttps: boolean; host: string }): string {
  const scheme = isHttps ? 'https' : 'http'
  const named = host === '' ? undefined : URL.parse(`${scheme}://${host}`)?.origin
  return named ?? URL.parse(c.req.url)?.origin.replace(/^https?/, scheme) ?? `${scheme}://localhost`
}

const VITAL = /^\/(health|ready|metrics)$/
const READS = new Set(['GET', 'HEAD'])
const MOVED = 301
const PERMANENT = 308

/** Leads requests over http to https, but for those of probes and scrapes, which come from inside. */
export const forceHttps = () =>
  createMiddleware<Env>(async (c, next) => {
    const { isHttps, origin } = c.get('client')
    if (isHttps || VITAL.test(c.req.path)) return next()
    const { pathname, search } = new URL(c.req.url)
    return c.redirect(`${httpsOf(origin)}${pathname}${search}`, READS.has(c.req.method) ? MOVED : PERMANENT)
  })

function httpsOf(origin: string): string {
  const url = new URL(origin)
  return url.protocol === 'https:' ? origin : `https://${url.hostname}`
}
