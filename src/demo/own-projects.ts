import { type Api, ApiProblem } from '../client/api.ts'
import { isRecord } from '../domain/events/loose-fields.ts'
import { isOfDemo } from './hour.ts'

const PAGE = 1_000
/** Events that people send in a demo project. */
const OF_PEOPLE = new Set(['approval_resolved', 'command_execution', 'x-demo'])

/** Earlier runs per project, or why nothing can be played. */
type OwnProjects = { plays: ReadonlyMap<string, number> } | { problem: string }

/** Checks that the demo's projects hold nothing but demo events. */
export async function lookAtOwnProjects(api: Api, names: readonly string[]): Promise<OwnProjects> {
  const status = await api.get('/status')
  if (typeof status['version'] !== 'string') return { problem: `what answers at ${api.url} is not this service; name another with --url` }
  const plays = new Map<string, number>()
  for (const name of names) {
    const { foreign, played } = await lookAt(api, name)
    plays.set(name, played)
    if (foreign === undefined) continue
    const advice = 'it is left alone; visualizer demo --serve brings a service of its own'
    return { problem: `${name} at ${api.url} holds events that no demo reported (${foreign}): ${advice}` }
  }
  return { plays }
}

async function lookAt(api: Api, name: string): Promise<{ played: number; foreign?: string }> {
  let after = '0'
  let played = 0
  for (;;) {
    const page = await readPage(api, name, after)
    const events = Array.isArray(page?.['events']) ? page['events'].filter(isRecord) : []
    played += events.filter(({ type }) => type === 'x-demo').length
    const foreign = events.find((event) => !isOfDemo(event) && !OF_PEOPLE.has(String(event['type'])))
    if (foreign) return { played, foreign: `${String(foreign['type'])} at offset ${String(foreign['offset'])}` }
    const next = page?.['next']
    if (typeof next !== 'string') return { played }
    after = next
  }
}

/** Undefined for an unknown project; pruned events were checked before. */
async function readPage(api: Api, name: string, after: string): Promise<Record<string, unknown> | undefined> {
  try {
    return await api.get(`/projects/${name}/events?after=${after}&limit=${PAGE}`)
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error
    if (error.code === 'PROJECT_NOT_FOUND') return undefined
    const first = error.code === 'GONE' ? Number(error.details['first_offset']) : 0
    if (first > 1 && after === '0') return readPage(api, name, String(first - 1))
    throw error
  }
}
