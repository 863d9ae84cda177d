import { type Api, ApiProblem } from '../client/api.ts'
import { isRecord } from '../domain/events/loose-fields.ts'
import { nearestWord } from '../domain/nearest-word.ts'
import type { Start } from '../config/client-settings.ts'

export type TailPosition = { epoch: string; after: number }
export type LogExtent = { epoch: string; first: number; head: number }
type Begun = { position: TailPosition; notice: string | undefined }

const LATEST = 10

/** Where to begin reading, or why it cannot be read. Rejects with ApiProblem. */
export async function beginning(api: Api, project: string, from: Start): Promise<Begun | string> {
  const extent = await extentOf(api, project)
  if (extent === undefined) return unknownProject(api, project)
  const { epoch, first, head } = extent
  if (typeof from === 'number' && from > head + 1) {
    return `${project} has no event at offset ${from} yet: the newest is ${head}; --from now waits for the next`
  }
  const wanted = { latest: head - LATEST, now: head, beginning: 0 }
  const after = typeof from === 'number' ? Math.max(0, from - 1) : Math.max(0, wanted[from])
  const isCut = after + 1 < first && from !== 'latest'
  const notice = isCut ? `events before offset ${first} were removed by retention; this begins with it` : undefined
  return { position: { epoch, after: Math.max(after, first - 1) }, notice }
}

async function extentOf(api: Api, project: string): Promise<LogExtent | undefined> {
  try {
    const page = await api.get(`/projects/${encodeURIComponent(project)}/events?after=0&limit=1`)
    return { epoch: String(page['epoch']), first: 1, head: Number(page['offset']) }
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error
    if (error.code === 'PROJECT_NOT_FOUND') return undefined
    if (error.code === 'GONE') return readExtent(error)
    throw error
  }
}

/** The extent in a refusal. */
export function readExtent({ details }: ApiProblem): LogExtent {
  return { epoch: String(details['epoch']), first: Number(details['first_offset']), head: Number(details['offset']) }
}

async function unknownProject(api: Api, project: string): Promise<string> {
  const { projects } = await api.get('/projects?limit=1000')
  const names = Array.isArray(projects) ? projects.flatMap((one) => (isRecord(one) ? [String(one['name'])] : [])) : []
  const meant = nearestWord(project, names)
  const advice = meant === undefined ? `it has ${names.length === 0 ? 'none yet' : listed(names)}` : `did you mean ${meant}?`
  return `there is no project ${JSON.stringify(project.slice(0, 80))} at ${api.url}; ${advice}`
}

const LISTED = 10

function listed(names: string[]): string {
  const more = names.length > LISTED ? `, and ${names.length - LISTED} more` : ''
  return `${names.slice(0, LISTED).join(', ')}${more}`
}
