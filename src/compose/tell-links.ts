import { LOSS_REASONS, type LinkNews } from '../ingest/orchestrator/link-news.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { SeldomLog } from '../telemetry/seldom-log.ts'

type Deps = { metrics: Metrics; seldom: SeldomLog }

const REASON_LABELS = new Map(Object.entries(LOSS_REASONS).map(([label, reason]): [string, string] => [reason, label]))

/** What was refused has a line of its own. */
const REFUSALS: ReadonlySet<string> = new Set([LOSS_REASONS.refused, LOSS_REASONS.unread, LOSS_REASONS.questions])

/** Counts what happens to links, and says it in the log: each kind of each link once a minute, with how many more there were. */
export const tellLinks =
  ({ metrics, seldom }: Deps) =>
  (news: LinkNews): void => {
    const { orchestrator, kind } = news
    const say = (level: 'info' | 'warn', words: string, fields = {}) =>
      seldom.say({ level, key: `${orchestrator} ${kind}`, message: `orchestrator ${orchestrator} ${words}`, fields })
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
