import type { Project } from '../domain/project-registry.ts'
import { type ProjectSummary, summarize } from '../domain/project-summary.ts'
import { lookBack, type Past } from '../projection/look-back.ts'
import { parseMoment } from '../projection/moment.ts'
import type { PastDeps } from '../projection/state-at.ts'
import type { WebDeps } from './env.ts'

/** A project as it was at `?at=`, summarized as of that moment. */
export async function pastOf(deps: WebDeps, project: Project, at: string): Promise<Past & { summary: ProjectSummary }> {
  const past = await lookBack(pastDeps(deps), project.name, parseMoment(at))
  const { state, epoch } = past.view
  return { ...past, summary: summarize({ project, state, epoch, now: past.now, staleMinutes: deps.settings.staleMinutes }) }
}

/** What reading the past of a project stands on. */
export const pastDeps = ({ eventLog, log }: WebDeps): PastDeps => ({
  eventLog,
  onError: (error) => log.error('a saved state was passed over', { error }),
})
