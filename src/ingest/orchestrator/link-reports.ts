import { asksAnything, OPEN_QUESTIONS_LIMIT, questionsBeyond } from '../../domain/project/approval.ts'
import type { NewEvent } from '../../domain/events/event.ts'
import type { LinkDeps, LinkTiming } from './link.ts'
import { LinkCounters } from './link-counters.ts'
import { type LinkEvent, LOSS_REASONS } from './link-news.ts'
import { openLossBook } from './loss-book.ts'

const PROJECTS_LIMIT = 50

const FULL = `a question, for ${OPEN_QUESTIONS_LIMIT} of its project are open`

type Deps = Pick<LinkDeps, 'orchestrator' | 'accept' | 'stateOf' | 'onNews' | 'onError'> &
  Pick<LinkTiming, 'lossesMs' | 'gapMs'> & { changed(): void }

/** Counts what came over a link, passes on its news, and writes losses to the projects concerned. */
export function openLinkReports({ orchestrator, accept, stateOf, onNews, onError, lossesMs, gapMs, changed }: Deps) {
  const { name, projects } = orchestrator
  const reportedFor = new Set<string>()
  const losses = openLossBook({ source: name, accept, onError, everyMs: lossesMs })
  const tell = (event: LinkEvent) => onNews?.({ ...event, orchestrator: name })
  const anyOf = () => (projects ?? [...reportedFor]).slice(0, PROJECTS_LIMIT)
  const counters = new LinkCounters(changed, tell, (loss) =>
    losses.lost({ ...loss, projects: loss.project === undefined ? anyOf() : [loss.project] }),
  )
  let goneAt: number | undefined
  return {
    counters,
    tell,
    gone: (at: number) => void (goneAt ??= at),
    /** For activity and chat, which no history repeats, only the length of the gap is known. */
    back() {
      const [from, now] = [goneAt, Date.now()]
      goneAt = undefined
      if (from === undefined || now - from < gapMs) return
      const detail = `${Math.round((now - from) / 1_000)} s, from ${secondOf(from)} to ${secondOf(now)}`
      counters.missing({ reason: LOSS_REASONS.away, project: undefined, detail, count: undefined })
    },
    async accept(project: string, events: readonly NewEvent[]) {
      if (reportedFor.size < PROJECTS_LIMIT) reportedFor.add(project)
      const beyond = asksAnything(events) ? questionsBeyond(await stateOf(project), events, Date.now()) : []
      const taken = beyond.length === 0 ? events : events.filter((event) => !beyond.includes(event))
      const stored = taken.length === 0 ? {} : await accept(project, taken)
      if (beyond.length > 0) counters.refuse(FULL, { project, count: beyond.length, reason: LOSS_REASONS.questions })
      return stored
    },
    close: losses.close,
  }
}

const secondOf = (at: number) => new Date(at).toISOString().replace(/\.\d+/, '')
