import type { FileNews } from '../ingest/state-files/file-news.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { SeldomLog } from '../telemetry/seldom-log.ts'

type Deps = { metrics: Metrics; seldom: SeldomLog }

/** Counts what is told of state files, and says what is wrong with them, and what is well again, in the log; each once a minute. */
export const tellFiles =
  ({ metrics, seldom }: Deps) =>
  (news: FileNews): void => {
    const { project, kind } = news
    metrics.fileReports.inc({ outcome: kind })
    const say = (level: 'info' | 'warn', words: string) =>
      seldom.say({ level, key: `${project} ${'file' in news ? news.file : ''} ${kind}`, message: `project ${project}: ${words}` })
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
