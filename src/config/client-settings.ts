import type { Flags } from './flags.ts'
import { type Secret, secret } from './secret.ts'
import { quoted, UsageError, type Variables } from './problem.ts'
import { resolve } from 'node:path'

export type Address = { /** Without a slash at its end. */ url: string; token: Secret | undefined }

export type DemoSettings = {
  /** Undefined: the demo starts a service of its own on `port`. */
  address: Address | undefined
  port: number
  speed: number
  projects: number
  seed: number
  hasColour: boolean
}

/** Where to begin: with the newest few, with what comes, with the first that is kept, or at an offset. */
export type Start = 'latest' | 'now' | 'beginning' | number
export type TailSettings = { address: Address; from: Start; isJson: boolean; hasColour: boolean }

const DEFAULT_URL = 'http://localhost:5000'
const TOKEN = /^[\x21-\x7e]{1,4096}$/

/** The settings of `visualizer demo`. Throws a `UsageError`. */
export function readDemo(flags: Flags, env: Variables = process.env): DemoSettings {
  const isServed = flags.serve === true
  if (isServed && (flags.url !== undefined || flags.token !== undefined)) {
    throw new UsageError('--serve starts a service of its own; leave it out to play into the one at --url')
  }
  if (!isServed && flags.port !== undefined) throw new UsageError('--port goes with --serve; --url says where a running service is')
  return {
    address: isServed ? undefined : addressOf(flags, env),
    port: isServed ? portOf(flags.port, env) : 0,
    speed: speedOf(flags.speed ?? '12'),
    projects: whole('--projects', flags.projects ?? '6', { least: 1, most: 8 }),
    seed: whole('--seed', flags.seed ?? '1', { least: 0, most: 4_294_967_295 }),
    hasColour: !env['NO_COLOR'],
  }
}

/** The flag, else the variable, else a free port. */
function portOf(flag: string | undefined, env: Variables): number {
  const variable = env['PORT']?.trim() || undefined
  return whole(flag === undefined && variable !== undefined ? 'PORT' : '--port', flag ?? variable ?? '0', { least: 0, most: 65_535 })
}

/** The settings of `visualizer tail`. Throws a `UsageError`. */
export function readTail(flags: Flags, env: Variables = process.env): TailSettings {
  return { address: addressOf(flags, env), from: startOf(flags.from), isJson: flags.json === true, hasColour: !env['NO_COLOR'] }
}

function startOf(text: string | undefined): Start {
  if (text === undefined) return 'latest'
  if (text === 'now' || text === 'beginning') return text
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new UsageError(`--from must be now, beginning or an offset, not ${quoted(text)}`)
}

function speedOf(text: string): number {
  const speed = Number(text)
  if (/^\d{1,2}(\.\d{1,3})?$/.test(text) && speed >= 1 && speed <= 60) return speed
  throw new UsageError(`--speed must be 1 to 60, not ${quoted(text)}`)
}

function whole(flag: string, text: string, { least, most }: { least: number; most: number }): number {
  if (/^\d{1,10}$/.test(text) && Number(text) >= least && Number(text) <= most) return Number(text)
  throw new UsageError(`${flag} must be a whole number from ${least} to ${most}, not ${quoted(text)}`)
}

/** The service named by flag or variable, else the one on this machine. Throws a `UsageError`. */
export function addressOf(flags: Flags, env: Variables): Address {
  const named = flags.url ?? (env['VISUALIZER_URL'] || undefined)
  const source = flags.url === undefined ? 'VISUALIZER_URL' : '--url'
  const token = flags.token ?? (env['VISUALIZER_TOKEN'] || undefined)
  if (token !== undefined && !TOKEN.test(token)) {
    throw new UsageError(`${flags.token === undefined ? 'VISUALIZER_TOKEN' : '--token'} must be printable text without spaces`)
  }
  return { url: urlOf(named ?? DEFAULT_URL, source), token: token === undefined ? undefined : secret(token) }
}

/** The message does not repeat the address: it may hold a password. */
function urlOf(text: string, source: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol)) throw new UsageError(`${source} must be an address like ${DEFAULT_URL}`)
  if (url.username || url.password) throw new UsageError(`${source} must not hold a name or password; use --token or VISUALIZER_TOKEN`)
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`
}

export type ExportSettings = {
  project: string
  from: string | undefined
  to: string | undefined
  /** Undefined: the log is read directly. */
  address: Address | undefined
  out: string
  isForced: boolean
}

/** The settings of `visualizer export`; flags that name a log win over variables that name a service. Throws a `UsageError`. */
export function readExport(project: string, flags: Flags, env: Variables = process.env): ExportSettings {
  const { from, to, out } = flags
  const isLogNamed = flags['data-dir'] !== undefined || flags.config !== undefined
  const isAddressNamed = flags.url !== undefined || (!isLogNamed && Boolean(env['VISUALIZER_URL']))
  return {
    project,
    from,
    to,
    address: isAddressNamed ? addressOf(flags, env) : undefined,
    out: resolve(out ?? `${project.replace(/[^\w.-]/g, '_')}-replay.html`),
    isForced: flags.force === true,
  }
}
