import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { RefusedError } from '../../domain/refused.ts'
import type { RateClass, RateWindow } from '../../config/rate-limits.ts'
import type { Taken } from '../../key-value/rate-counters.ts'
import type { Env, WebDeps } from '../env.ts'
import { LIVE, SAFE } from './guard.ts'

const STATIC = /^\/static\//
const SIGN_IN = /^\/(login|auth\/[^/]+)$/
const EVENTS = /^\/api\/v1\/projects\/[^/]+\/events$/
const MANAGES = /^(\/api\/v1\/projects(\/[^/]+)?|\/projects\/[^/]+\/(archive|restore|purge))$/

/** The kind of a request whose number is limited; undefined where it is not. */
export function rateClassOf(method: string, path: string): RateClass | undefined {
  if (method === 'OPTIONS' || STATIC.test(path)) return undefined
  if (LIVE.test(path)) return 'upgrades'
  if (SIGN_IN.test(path)) return SAFE.has(method) && path === '/login' ? 'pages' : 'sign_in'
  if (SAFE.has(method)) return path.startsWith('/api/') ? 'reads' : 'pages'
  if (EVENTS.test(path)) return 'ingest'
  return MANAGES.test(path) ? 'management' : 'commands'
}

/** Refuses what a client sends beyond its limits. Programs and people are counted by who they are, others by their address. */
export const limitRates = (deps: WebDeps) =>
  createMiddleware<Env>(async (c, next) => {
    const { rateLimits, isOpen } = deps.settings
    const kind = rateClassOf(c.req.method, c.req.path)
    if (rateLimits === undefined || kind === undefined || (isOpen && isLoopback(c.get('client').address))) return next()
    const id = kind === 'sign_in' ? networkOf(c.get('client').address) : idOf(c)
    for (const window of rateLimits[kind]) {
      const taken = await deps.rates.take(window, id)
      if (taken.isOver) refuse(c, { deps, kind, window, taken })
    }
    return next()
  })

/** Whether an address is one of this machine. */
export const isLoopback = (address: string): boolean => address === '::1' || address.startsWith('127.')

function idOf(c: Context<Env>): string {
  const viewer = c.get('viewer')
  if (!viewer || viewer.via === 'open') return networkOf(c.get('client').address)
  return viewer.via === 'token' ? (viewer.session ?? viewer.user) : `user:${viewer.user}`
}

/** One subscriber has at least 2^64 addresses of IPv6, so its network counts. */
export function networkOf(address: string): string {
  if (!address.includes(':')) return `address:${address}`
  const [head = '', tail = ''] = address.split('::')
  const groups = head.split(':').filter((group) => group !== '')
  const after = tail.split(':').filter((group) => group !== '')
  const zeros = address.includes('::') ? Array.from({ length: Math.max(0, 8 - groups.length - after.length) }, () => '0') : []
  return `network:${[...groups, ...zeros, ...after]
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}`
}

type Refusal = { deps: WebDeps; kind: RateClass; window: RateWindow; taken: Taken }

function refuse(c: Context<Env>, { deps, kind, window: { limit, seconds }, taken: { remaining, resetMs } }: Refusal): never {
  deps.metrics.rateLimited.inc({ class: kind })
  const retryAfterSeconds = Math.max(1, Math.ceil(resetMs / 1_000))
  const fields = { Limit: limit, Remaining: remaining, Reset: Math.ceil((Date.now() + resetMs) / 1_000), Window: seconds }
  for (const [name, value] of Object.entries(fields)) c.header(`X-RateLimit-${name}`, String(value))
  c.header('Retry-After', String(retryAfterSeconds))
  const message = `More than ${limit} requests of this kind came within ${seconds} s. Ask again in ${retryAfterSeconds} s.`
  const details = { class: kind, limit, window_seconds: seconds, retry_after_seconds: retryAfterSeconds }
  throw new RefusedError('RATE_LIMIT_EXCEEDED', message, details)
}
