import type { Project } from '../domain/registry/project-registry.ts'
import { type ProjectSummary, summarize } from '../domain/summary/project-summary.ts'
import { RefusedError } from '../domain/refused.ts'
import { inParallel } from './in-parallel.ts'
import { lookBack } from './look-back.ts'
import type { PastDeps } from './state-at.ts'

/** Projects that are read at the same time: others want the log, too. */
const AT_ONCE = 4

/** `forgotten`: projects whose events of that time were removed by retention; `firstAt` is where the rest of the oldest begins. */
export type PastProjects = { summaries: ProjectSummary[]; forgotten: number; firstAt: string | undefined }

type Moment = { instant: number; staleMinutes: number }

/** These projects as they stood at an instant (ms since 1970), in no order; without those of which nothing was heard by then. */
export async function lookBackAll(deps: PastDeps, projects: readonly Project[], moment: Moment): Promise<PastProjects> {
  const { instant, staleMinutes } = moment
  const past: PastProjects = { summaries: [], forgotten: 0, firstAt: undefined }
  const problems: unknown[] = []

  async function look(project: Project) {
    const { view, now } = await lookBack(deps, project.name, { instant })
    if (view.state.lastEventAt === undefined) return
    past.summaries.push(summarize({ project, state: view.state, epoch: view.epoch, now, staleMinutes }))
  }

  function missed(error: unknown) {
    if (!(error instanceof RefusedError && error.code === 'GONE')) return void problems.push(error)
    const { first_at: firstAt } = error.details
    past.forgotten += 1
    if (typeof firstAt === 'string' && (past.firstAt === undefined || firstAt < past.firstAt)) past.firstAt = firstAt
  }

  await inParallel(projects, AT_ONCE, (project) => look(project).catch(missed))
  for (const problem of problems) throw problem
  return past
}
