import { rightsOn } from '../auth/rights.ts'
import type { Policy } from '../auth/policy.ts'
import type { Viewer } from '../auth/viewer.ts'
import { UNASSIGNED } from '../domain/events/names.ts'
import { summaryOfFigures } from '../domain/figures-only.ts'
import { newProject, type Project } from '../domain/registry/project-registry.ts'
import type { ProjectSummary } from '../domain/summary/project-summary.ts'
import type { Outages } from '../projection/outages.ts'
import type { ProjectChange, ProjectReads, Projections } from '../projection/projections.ts'
import type { TimelineCache } from '../projection/timeline-cache.ts'
import { type OverviewChange, type OverviewIndex, openOverviewIndex } from './overview/index-of-projects.ts'
import type { PageDeps } from './page.ts'
import { veiledLog, veiledView } from './veil.ts'

export type Ground = Omit<PageDeps, 'isFiguresOnly' | 'isPart' | 'rightsOn' | 'projections' | 'overview' | 'eventLog'> & {
  projections: Pick<Projections, keyof ProjectReads | 'summaries' | 'onChange'>
  policy: Policy
  lanesOfFigures: TimelineCache
}

export type Audience = {
  /** Part of its topics; empty for those who see and act everywhere. */
  id: string
  deps: PageDeps
  /** A change as this audience sees it; undefined where it sees nothing of it. */
  seen(change: ProjectChange): ProjectChange | undefined
  take(change: ProjectChange): void
  watched: number
}

/** A project, or where reports without one go. */
export const projectNamed = (projections: Pick<ProjectReads, 'findProject'>, name: string): Project | undefined =>
  projections.findProject(name) ?? (name === UNASSIGNED ? newProject(UNASSIGNED) : undefined)

/** Opens what a viewer, and all with the same grants, sees; without a viewer, what those see who see and act everywhere. */
export function openAudience(ground: Ground, { id, viewer }: { id: string; viewer: Viewer | undefined }): Audience {
  const { policy, projections } = ground
  // The tags of a project that is not registered yet are not known.
  const isKnown = ({ name }: Project) => projectNamed(projections, name) !== undefined
  const sees = (project: Project) => viewer === undefined || (isKnown(project) && policy.allows(viewer, 'see', project))
  const isVeiled = (project: Project) =>
    viewer !== undefined && project.privacy !== 'open' && rightsOn(policy, viewer, project).isFiguresOnly
  const shown = (summary: ProjectSummary) => (isVeiled(summary.project) ? summaryOfFigures(summary) : summary)
  const followed = openFollowed(projections, { sees, shown })
  const none: ReturnType<PageDeps['links']> = []
  const isPart = viewer !== undefined && !policy.isEverywhere(viewer, 'see')
  const named = (name: string) => projectNamed(projections, name) ?? newProject(name)
  return {
    id,
    watched: 0,
    deps: {
      ...facing(ground, { seen: (name) => sees(named(name)), isFiguresOnly: (name) => isVeiled(named(name)), overview: followed.overview }),
      ...(isPart ? { isPart, links: () => none } : {}),
    },
    take: followed.take,
    seen(change) {
      const seen = followed.seen(change)
      return seen && { ...change, isGone: false, ...seen, view: isVeiled(change.project) ? veiledView(change.view) : change.view }
    },
  }
}

type Lens = { sees(project: Project): boolean; shown(summary: ProjectSummary): ProjectSummary }

/** The overview of the projects that are seen. What was shown of each is remembered: its grants may have been others then. */
function openFollowed(projections: Ground['projections'], { sees, shown }: Lens) {
  const present = new Map<string, ProjectSummary>()
  for (const summary of projections.summaries()) if (sees(summary.project)) present.set(summary.project.name, shown(summary))
  let last: { change: OverviewChange; seen: OverviewChange | undefined } | undefined
  let update: (change: OverviewChange) => void = () => undefined
  const overview = openOverviewIndex({ summaries: () => present.values(), onChange: (listener) => (update = listener) })

  function seenOf({ summary, isGone = false }: OverviewChange): OverviewChange | undefined {
    const { name } = summary.project
    const before = present.get(name)
    if (isGone || !sees(summary.project)) {
      present.delete(name)
      return before && { before, summary: before, isGone: true }
    }
    const now = shown(summary)
    present.set(name, now)
    return { before, summary: now }
  }

  return {
    overview,
    take(change: OverviewChange) {
      const seen = seenOf(change)
      last = { change, seen }
      if (seen) update(seen)
    },
    seen: (change: OverviewChange) => (last?.change === change ? last.seen : undefined),
  }
}

type Facing = Seeing & { overview: OverviewIndex }

/** What pages stand on, as somebody sees it. */
export function facing(ground: Ground, { seen, isFiguresOnly, overview }: Facing): PageDeps {
  const { policy, projections, lanesOfFigures, ...rest } = ground
  return {
    ...rest,
    ...{ isFiguresOnly, overview, isPart: false },
    eventLog: veiledLog(ground.wholeLog, isFiguresOnly),
    projections: readsOf(projections, { seen, isFiguresOnly }),
    rightsOn: (project, viewer) => rightsOn(policy, viewer, project),
    lanes: { lanesOf: (name, windowMs) => (isFiguresOnly(name) ? lanesOfFigures : ground.lanes).lanesOf(name, windowMs) },
    outages: () => outagesOf(ground.outages(), seen),
  }
}

type Seeing = { seen(name: string): boolean; isFiguresOnly(name: string): boolean }

/** A project that may not be seen is looked up like one that nobody knows. */
function readsOf(projections: ProjectReads, { seen, isFiguresOnly }: Seeing): ProjectReads {
  const veiled = isFiguresOnly
  return {
    findProject: (name) => (seen(name) ? projections.findProject(name) : undefined),
    readRegistry: () => projections.readRegistry(),
    summary(name) {
      const summary = seen(name) ? projections.summary(name) : undefined
      return summary && veiled(name) ? summaryOfFigures(summary) : summary
    },
    loaded(name) {
      const view = seen(name) ? projections.loaded(name) : undefined
      return view && veiled(name) ? veiledView(view) : view
    },
    async view(name) {
      const view = await projections.view(name)
      return veiled(name) ? veiledView(view) : view
    },
    async fresh(name) {
      const view = await projections.fresh(name)
      return veiled(name) ? veiledView(view) : view
    },
  }
}

function outagesOf({ unreachable, ...others }: Outages, seen: (name: string) => boolean): Outages {
  const projects = new Set([...(unreachable?.projects ?? [])].filter(seen))
  return unreachable && projects.size > 0 ? { ...others, unreachable: { ...unreachable, projects } } : others
}
