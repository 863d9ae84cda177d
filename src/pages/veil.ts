import { figuresOnly } from '../domain/figures-only.ts'
import type { Lanes } from '../domain/timeline/lane.ts'
import type { EventReads } from '../event-log/event-log.ts'
import type { ProjectView } from '../projection/projections.ts'

const views = new WeakMap<ProjectView, ProjectView>()

/** A project's state and recent events without what people and agents wrote. The same view gives the same view. */
export function veiledView(view: ProjectView): ProjectView {
  const known = views.get(view) ?? { epoch: view.epoch, state: figuresOnly(view.state), recent: figuresOnly(view.recent) }
  views.set(view, known)
  return known
}

/** Lanes without texts. They go on changing, so what holds them is copied each time. */
export function veiledLanes(lanes: Lanes): Lanes {
  const { stories, agents, open, ...rest } = lanes
  const plain = { ...rest, stories: new Map(stories), agents: new Map(agents), open: new Map(open) }
  return figuresOnly(plain)
}

/** A log whose events have no texts where a project shows figures only. It cannot be folded: only what was whole may be saved. */
export function veiledLog(log: EventReads, isFiguresOnly: (project: string) => boolean): EventReads {
  return {
    head: (project) => log.head(project),
    offsetAt: (project, at) => log.offsetAt(project, at),
    async read(project, range) {
      const page = await log.read(project, range)
      return isFiguresOnly(project) ? { ...page, events: page.events.map((event) => figuresOnly(event)) } : page
    },
  }
}
