import { eventually } from './eventually.ts'
import type { SteadyReports } from './steady-reports.ts'
import type { Viewer } from './viewer.ts'

export type Verdict = {
  /** Acknowledged events that the log does not hold. */
  lost: number
  /** Ids that the log holds more than once. */
  duplicated: number
  /** Offsets that are missing or not in order, in the log or on a page. */
  outOfOrder: number
  /** Viewers whose page does not end where the log ends. */
  stale: number
  /** Different states of one project, over all who answered. */
  states: number
  problems: string[]
}

export type Given = {
  /** Every instance. */
  urls: readonly string[]
  reports: readonly SteadyReports[]
  viewers: readonly Viewer[]
  /** What was acknowledged of another epoch than the log's was taken away by an operator, and is not looked for. */
  isEmptied?: boolean
}

/** How often each instance is asked for a state: new connections reach its workers in turn. */
const ASKED = 6

/** Everything as it must be at the end: nothing lost, nothing twice, everybody at the same place. */
export const SPOTLESS: Verdict = { lost: 0, duplicated: 0, outOfOrder: 0, stale: 0, states: 1, problems: [] }

/** Compares what was acknowledged, what the log holds, what each viewer shows and what each worker says. Waits until viewers caught up. */
export async function judge({ urls, reports, viewers, isEmptied = false }: Given): Promise<Verdict> {
  const projects = [...new Set(reports.flatMap(({ acknowledged }) => [...acknowledged.keys()]))]
  const verdict: Verdict = { lost: 0, duplicated: 0, outOfOrder: 0, stale: 0, states: 1, problems: [] }
  for (const project of projects) await judgeProject({ urls, reports, viewers, isEmptied, project }, verdict)
  const problems = viewers.flatMap((viewer) => viewer.problems())
  verdict.outOfOrder += problems.length
  verdict.problems.push(...problems.slice(0, 10))
  return verdict
}

async function judgeProject({ urls, reports, viewers, isEmptied, project }: Given & { project: string }, verdict: Verdict): Promise<void> {
  const { events, position } = await readLog(urls[0] ?? '', project)
  const ids = new Set(events.map(({ id }) => id))
  verdict.duplicated += events.length - ids.size
  const first = events[0]?.offset ?? 1
  verdict.outOfOrder += events.filter(({ offset }, index) => offset !== first + index).length
  const [epochNow] = position.split(':')
  const isLookedFor = ({ id, epoch }: { id: string; epoch: string }) => !ids.has(id) && !(isEmptied && epoch !== epochNow)
  const lost = reports.flatMap(({ acknowledged }) => (acknowledged.get(project) ?? []).filter(isLookedFor))
  verdict.lost += lost.length
  verdict.problems.push(...lost.slice(0, 5).map(({ id, epoch, offset }) => `${project}: ${id} of ${epoch}:${offset} is lost`))
  const newest = events.slice(-50).map(({ offset }) => offset)
  const watching = viewers.filter((viewer) => viewer.project === project)
  const isCurrent = (viewer: Viewer) => viewer.since() === position && viewer.rows().join() === newest.toReversed().join()
  await eventually(() => watching.every(isCurrent), { withinMs: 15_000 }).catch(() => undefined)
  const stale = watching.filter((viewer) => !isCurrent(viewer))
  verdict.stale += stale.length
  verdict.problems.push(
    ...stale.slice(0, 5).map((viewer) => `${project} is at ${position}, a viewer at ${viewer.since()} (${viewer.rows().length} rows)`),
  )
  const hashes = new Set<string>()
  for (const url of urls) for (let turn = 0; turn < ASKED; turn++) hashes.add(await stateHash(url, project))
  verdict.states = Math.max(verdict.states, hashes.size)
}

type Logged = { id: string; offset: number }

const options = { keepalive: false, tls: { rejectUnauthorized: false } }

async function readLog(url: string, project: string): Promise<{ events: Logged[]; position: string }> {
  const events: Logged[] = []
  let [after, position]: [string | null, string] = ['0', '']
  while (after !== null) {
    const response = await fetch(`${url}/api/v1/projects/${project}/events?after=${after}&limit=1000`, options)
    const page = (await response.json()) as { events: Logged[]; next: string | null; epoch: string; offset: number }
    if (!response.ok) throw new Error(`${project} cannot be read: ${JSON.stringify(page)}`)
    events.push(...page.events)
    after = page.next
    position = `${page.epoch}:${page.offset}`
  }
  return { events, position }
}

async function stateHash(url: string, project: string): Promise<string> {
  const response = await fetch(`${url}/api/v1/projects/${project}/state`, options)
  const { epoch, offset, state_hash } = (await response.json()) as Record<string, string>
  return `${epoch}:${offset}:${state_hash}`
}
