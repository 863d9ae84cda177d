import type { NewEvent } from '../domain/event.ts'
import type { LinkDeps } from './link.ts'
import { Tally } from './link-health.ts'
import type { LinkEvent } from './link-news.ts'
import { openLossBook } from './loss-book.ts'

/** Projects that a loss is written to where nobody can tell whose it was. */
const PROJECTS_LIMIT = 50

type Deps = Pick<LinkDeps, 'orchestrator' | 'accept' | 'onNews' | 'onError'> & { lossesMs: number; changed(): void }

/** What a link tells of what came over it: its tally, each thing as it happens, and what is missing to the projects that miss it. */
export function openLinkReports({ orchestrator, accept, onNews, onError, lossesMs, changed }: Deps) {
  const { name, projects } = orchestrator
  // Where no list says for which it may report.
  const reportedFor = new Set<string>()
  const losses = openLossBook({ source: name, accept, onError, everyMs: lossesMs })
  const tell = (event: LinkEvent) => onNews?.({ ...event, orchestrator: name })
  const anyOf = () => (projects ?? [...reportedFor]).slice(0, PROJECTS_LIMIT)
  const tally = new Tally(changed, tell, (loss) =>
    losses.lost({ ...loss, projects: loss.project === undefined ? anyOf() : [loss.project] }),
  )
  return {
    tally,
    tell,
    accept(project: string, events: readonly NewEvent[]) {
      if (reportedFor.size < PROJECTS_LIMIT) reportedFor.add(project)
      return accept(project, events)
    },
    close: losses.close,
  }
}
