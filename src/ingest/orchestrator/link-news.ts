import type { Metrics } from '../../telemetry/metrics.ts'
import type { ThrottledLog } from '../../telemetry/throttled-log.ts'

export type LinkNews = { orchestrator: string } & (
  | { kind: 'connected'; awaySeconds: number | undefined }
  /** Sent once per outage, and when the first attempt fails. */
  | { kind: 'lost'; problem: string }
  | { kind: 'frame' | 'slowed' }
  | { kind: 'refused'; problem: string }
  | { kind: 'foreign'; project: string }
  | { kind: 'missing'; reason: string; count: number | undefined }
)

type WithoutName<T> = T extends unknown ? Omit<T, 'orchestrator'> : never
export type LinkEvent = WithoutName<LinkNews>

export const LOSS_REASONS = {
  refused: 'they could not be accepted',
  unread: 'frames could not be read, and nobody can tell whose they were',
  questions: 'as many questions were open as may be',
  history: 'more happened while the orchestrator was away than its history remembers',
  away: 'it was not connected, and of what it did meanwhile only transitions are told again',
  cut: 'its connection ended while it was read slowly',
  unstored: 'they could not be stored',
} as const

type Deps = { metrics: Metrics; throttled: ThrottledLog }

const REASON_LABELS = new Map(Object.entries(LOSS_REASONS).map(([label, reason]): [string, string] => [reason, label]))

const REFUSALS: ReadonlySet<string> = new Set([LOSS_REASONS.refused, LOSS_REASONS.unread, LOSS_REASONS.questions])

/** Counts link news and logs each kind of each link once a minute, with the number of repetitions. */
export const reportLinkNews =
  ({ metrics, throttled }: Deps) =>
  (news: LinkNews): void => {
    const { orchestrator, kind } = news
    const say = (level: 'info' | 'warn', words: string, fields = {}) =>
      throttled.say({ level, key: `${orchestrator} ${kind}`, message: `orchestrator ${orchestrator} ${words}`, fields })
    switch (kind) {
      case 'frame':
        return metrics.linkFrames.inc({ orchestrator })
      case 'connected':
        metrics.linkChanges.inc({ orchestrator, change: kind })
        return say('info', 'is connected', news.awaySeconds === undefined ? {} : { away_seconds: news.awaySeconds })
      case 'lost':
        metrics.linkChanges.inc({ orchestrator, change: kind })
        return say('warn', `is not connected: ${news.problem}`)
      case 'slowed':
        metrics.linkChanges.inc({ orchestrator, change: kind })
        return say('warn', 'sends faster than can be stored: it is read more slowly')
      case 'refused':
        metrics.linkRefused.inc({ orchestrator, reason: 'not accepted' })
        return say('warn', `sent a frame that was refused: ${news.problem}`)
      case 'foreign':
        metrics.linkRefused.inc({ orchestrator, reason: 'not its project' })
        return say('warn', 'reports for a project that is not its own', { project: news.project })
      case 'missing':
        metrics.reportsLost.inc({ reason: REASON_LABELS.get(news.reason) ?? 'other' }, news.count ?? 1)
        if (news.reason === LOSS_REASONS.questions) metrics.questionsRefused.inc({ source: 'orchestrator' }, news.count ?? 1)
        if (REFUSALS.has(news.reason)) return
        return say('warn', `has lost reports: ${news.reason}`, { count: news.count ?? 'unknown' })
    }
  }
