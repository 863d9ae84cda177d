import { z } from 'zod'

export const RATE_CLASSES = ['pages', 'reads', 'management', 'commands', 'sign_in', 'upgrades', 'ingest'] as const
export type RateClass = (typeof RATE_CLASSES)[number]

export type RateWindow = { name: string; limit: number; seconds: number }
export type RateLimits = Record<RateClass, RateWindow[]>

const Rate = z.strictObject({
  per_minute: z.int().min(1).max(10_000_000).describe('Requests of one client in a minute, on average.'),
  burst: z.int().min(1).max(10_000_000).optional().describe('So many of them at once. Default: a sixth of per_minute.'),
})
type Rate = z.infer<typeof Rate>

const Rates = z.partialRecord(z.enum(RATE_CLASSES), Rate)

export const RateLimitSettings = z
  .union([z.literal('guide'), Rates])
  .describe(
    'guide: 50 an hour and 200 a day for each client. Or by class (pages, reads, management, commands, sign_in, upgrades, ingest), what one may send.',
  )

const DEFAULTS: Record<RateClass, Required<Rate>> = {
  pages: { per_minute: 600, burst: 100 },
  reads: { per_minute: 120, burst: 20 },
  management: { per_minute: 60, burst: 10 },
  commands: { per_minute: 60, burst: 10 },
  sign_in: { per_minute: 10, burst: 5 },
  upgrades: { per_minute: 60, burst: 20 },
  ingest: { per_minute: 60_000, burst: 10_000 },
}

/** As many at once as the burst, in the time in which the rate allows them again. */
function windowOf(name: RateClass, { per_minute: rate, burst = Math.ceil(rate / 6) }: Rate): RateWindow {
  const most = Math.min(burst, rate)
  const seconds = Math.max(1, Math.round((60 * most) / rate))
  return { name, limit: Math.max(1, Math.round((rate * seconds) / 60)), seconds }
}

const HOUR = 3_600

/** The figures of the deployment guide: for each client and class; of reports, which it does not know, the default. */
function guideLimits(): RateLimits {
  const windows = (name: RateClass): RateWindow[] => [
    { name, limit: 50, seconds: HOUR },
    { name, limit: 200, seconds: 24 * HOUR },
  ]
  const api = (name: RateClass): RateWindow[] => [{ name, limit: 10, seconds: 60 }]
  return {
    ...{ pages: windows('pages'), commands: windows('commands'), sign_in: windows('sign_in'), upgrades: windows('upgrades') },
    ...{ reads: api('reads'), management: api('management'), ingest: [windowOf('ingest', DEFAULTS.ingest)] },
  }
}

/** What each class of requests is limited to. */
export function readRateLimits(settings: z.infer<typeof RateLimitSettings> = {}): RateLimits {
  if (settings === 'guide') return guideLimits()
  const of = (name: RateClass) => [windowOf(name, settings[name] ?? DEFAULTS[name])]
  return {
    ...{ pages: of('pages'), reads: of('reads'), management: of('management'), commands: of('commands') },
    ...{ sign_in: of('sign_in'), upgrades: of('upgrades'), ingest: of('ingest') },
  }
}
