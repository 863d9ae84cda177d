import type { Outages } from '../projection/outages.ts'
import type { WebDeps } from './env.ts'
import { limitsOf } from './limits.ts'
import type { LinkHealth } from '../domain/summary/link-health.ts'
import { foremost } from '../domain/bounded.ts'
import { isoTime } from '../domain/events/stated-time.ts'

const WARNINGS_SHOWN = 50
const NAMES_SHOWN = 5

type Sources = Pick<WebDeps, 'whyRefused' | 'outages' | 'warnings' | 'links' | 'overview' | 'settings'>

export async function currentWarnings(deps: Sources): Promise<string[]> {
  const links = deps.links().filter(({ state }) => state !== 'connected')
  const exceeded = limitsOf(deps).filter(({ is_exceeded }) => is_exceeded)
  const reason = await deps.whyRefused()
  const all = [
    ...(reason === undefined ? [] : [`reports are refused: ${reason}`]),
    ...outageSentences(deps.outages()),
    ...exceeded.map(({ name, limit, used }) => `${name}: ${used} are in use, the configuration has ${limit}`),
    ...links.map((link) => `orchestrator ${link.name}: ${link.lastProblem ?? link.state}${awaySince(link)}`),
    ...(await deps.warnings()),
  ]
  const { kept, left } = foremost(all, WARNINGS_SHOWN)
  return left.length === 0 ? kept : [...kept, `${left.length} more warnings are not listed`]
}

function awaySince({ state, since, nextAttemptAt }: LinkHealth): string {
  if (state === 'unowned' || state === 'stopped') return ''
  return `, away since ${isoTime(since)}${nextAttemptAt === undefined ? '' : `; the next try is due at ${isoTime(nextAttemptAt)}`}`
}

function outageSentences({ log, bus, unreachable }: Outages): string[] {
  const sentences: string[] = []
  if (log) sentences.push(`the event log is away since ${isoTime(log.since)}: reports are refused, pages show what was known then`)
  if (bus) sentences.push(`the bus is away since ${isoTime(bus.since)}: what other workers take in shows up to some seconds late`)
  if (unreachable) {
    const names = foremost([...unreachable.projects], NAMES_SHOWN).kept.join(', ')
    sentences.push(`${unreachable.projects.size} projects cannot be reached since ${isoTime(unreachable.since)}, among them ${names}`)
  }
  return sentences
}
