import type { Context } from 'hono'
import type { Project } from '../domain/registry/project-registry.ts'
import { type ProjectSummary, summarize } from '../domain/summary/project-summary.ts'
import { projectAt, parseMoment, type Past } from '../projection/time-travel.ts'
import type { Env, WebDeps } from './env.ts'
import { readLong } from './read-long.ts'

type Asked = { project: Project; at: string }

/** A project as it was at `?at=`, summarized as of that moment. */
export async function pastOf(c: Context<Env>, deps: WebDeps, { project, at }: Asked): Promise<Past & { summary: ProjectSummary }> {
  const moment = parseMoment(at)
  const past = await readLong(c, deps, (reading) => projectAt(reading, project.name, moment))
  const { state, epoch } = past.view
  return { ...past, summary: summarize({ project, state, epoch, now: past.now, staleMinutes: deps.settings.staleMinutes }) }
}
