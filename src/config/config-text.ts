import type { Config } from './config.ts'
import { type Secret, secret } from './secret.ts'

const isSecret = (value: unknown): value is Secret => typeof value === 'object' && value !== null && 'reveal' in value

/** The configuration with its secrets as text, for workers and to compare: keys are sorted. */
export const configText = (config: Config): string => JSON.stringify(plain(config))

function plain(value: unknown): unknown {
  if (isSecret(value)) return { secret: value.reveal() }
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  const pairs = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1))
  return Object.fromEntries(pairs.map(([key, part]) => [key, plain(part)]))
}

/** The configuration that `configText` wrote. */
export function readConfigText(text: string): Config {
  const value: unknown = JSON.parse(text, revive)
  if (!isConfig(value)) throw new Error('this is no text of a configuration')
  return value
}

function revive(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  const [[key, text] = [], ...others] = Object.entries(value)
  if (key === 'secret' && others.length === 0 && typeof text === 'string') return secret(text)
  return Object.freeze(value)
}

const isConfig = (value: unknown): value is Config => typeof value === 'object' && value !== null && 'dataDir' in value
