import type { Metrics } from '../../telemetry/metrics.ts'
import type { ThrottledLog } from '../../telemetry/throttled-log.ts'

/** What happens to a link and to what comes over it, told as it happens: for the log and the figures. */
export type LinkNews = { orchestrator: string } & (
  | { kind: 'connected'; awaySeconds: number | undefined }
  /** It was connected, or was tried for the first time. What follows until it is connected again is not told. */
  | { kind: 'lost'; problem: string }
  | { kind: 'frame' | 'slowed' }
  /** A frame, or a part of one, that could not be accepted. */
  | { kind: 'refused'; problem: string }
  /** For a name that the link may not report for. */
  | { kind: 'foreign'; project: string }
  /** Reports that are known to be missing; the count is undefined where nobody can tell. */
  | { kind: 'missing'; reason: string; count: number | undefined }
)

type WithoutName<T> = T extends unknown ? Omit<T, 'orchestrator'> : never
export type LinkEvent = WithoutName<LinkNews>

/** Why reports are missing; each adds up by itself. */
export const LOSS_REASONS = {
  refused: 'they could not be accepted',
  unread: 'frames could not be read, and nobody can tell whose they were',
  questions: 'as many questions were open as may be',
  history: 'more happened while the orchestrator was away than its history remembers',
  cut: 'its connection ended while it was read slowly',
  unstored: 'they could not be stored',
} as const

type Deps = { metrics: Metrics; throttled: ThrottledLog }

const REASON_LABELS = new Map(Object.entries(LOSS_REASONS).map(([label, reason]): [string, string] => [reason, label]))

/** What was refused has a line of its own. */
const REFUSALS: ReadonlySet<string> = new Set([LOSS_REASONS.refused, LOSS_REASONS.unread, LOSS_REASONS.questions])

/** Counts what happens to links, and says it in the log: each kind of each link once a minute, with how many more there were. */
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
