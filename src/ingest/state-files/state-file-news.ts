import type { StateFileProblem } from './state-file-reader.ts'
import type { Finding, ReportedFile } from './state-file-report.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import type { ThrottledLog } from '../../telemetry/throttled-log.ts'

export type StateFileNews = { project: string } & (
  | { kind: 'changed' | 'healed'; file: string }
  | { kind: StateFileProblem; file: string; detail: string }
  | { kind: 'paced'; file: string; waitMs: number }
  | { kind: 'unwatched'; reason: string }
)

/** How a finding is logged, after what was reported last. */
export function newsOf(reported: ReportedFile | undefined, finding: Finding) {
  if (finding.kind === 'problem') return { kind: finding.problem, detail: finding.detail }
  return { kind: reported?.kind === 'problem' ? ('healed' as const) : ('changed' as const) }
}

type Deps = { metrics: Metrics; throttled: ThrottledLog }

/** Counts news of state files and logs problems and recoveries, each once a minute. */
export const reportStateFileNews =
  ({ metrics, throttled }: Deps) =>
  (news: StateFileNews): void => {
    const { project, kind } = news
    metrics.fileReports.inc({ outcome: kind })
    const say = (level: 'info' | 'warn', words: string) =>
      throttled.say({ level, key: `${project} ${'file' in news ? news.file : ''} ${kind}`, message: `project ${project}: ${words}` })
    switch (kind) {
      case 'changed':
        return
      case 'healed':
        return say('info', `${news.file} can be read again`)
      case 'paced':
        return say(
          'warn',
          `${news.file} is written more often than it is stored: its newest content follows within ${Math.ceil(news.waitMs / 1_000)} s`,
        )
      case 'unwatched':
        return say('warn', `its files are not watched but looked at every 15 s: ${news.reason}`)
      default:
        return say('warn', `${news.file} ${kind.replace('_', ' ')}: ${news.detail}`)
    }
  }
