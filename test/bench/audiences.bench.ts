import { compilePolicy } from '../../src/auth/policy.ts'
import type { Viewer } from '../../src/auth/viewer.ts'
import type { ProjectSummary } from '../../src/domain/summary/project-summary.ts'
import type { LivePage } from '../../src/live/live-page.ts'
import { openAudiences } from '../../src/pages/audiences.ts'
import { openOverview } from '../../src/pages/overview/overview.tsx'
import type { ProjectChange } from '../../src/projection/projections.ts'
import { busyScene, NOW } from '../views/scenes.ts'
import { atMost, median } from './measure.ts'
import type { Bench } from './run.ts'

const PROJECTS = 1_000
const AUDIENCES = 50
const CHANGES = 100
const ROUNDS = 5
/** An audience costs no more than a page does. */
const AIM = 1.1

const { summary: scene, state } = busyScene()

const nameOf = (index: number) => `bench-${String(index).padStart(4, '0')}`

function summaryOf(index: number, offset: number): ProjectSummary {
  const project = { ...scene.project, name: nameOf(index), tags: [`team-${index % AUDIENCES}`] }
  return { ...scene, project, offset, attention: { ...scene.attention, since: NOW + offset, waitingSince: NOW - 7_919 * (index % 331) } }
}

/** All projects, and whoever listens to their changes. */
function openWorld(lines: readonly string[]) {
  const summaries = new Map(Array.from({ length: PROJECTS }, (_, index) => [nameOf(index), summaryOf(index, 1)]))
  const listeners: ((change: ProjectChange) => void)[] = []
  const projections = {
    summaries: () => summaries.values(),
    findProject: (name: string) => summaries.get(name)?.project,
    summary: (name: string) => summaries.get(name),
    onChange: (listener: (typeof listeners)[number]) => void listeners.push(listener),
  }
  const ground = { projections, policy: compilePolicy(lines), links: () => [], outages: () => ({}), now: () => NOW }
  const audiences = openAudiences(ground as never)
  return {
    audiences,
    change(index: number, offset: number): ProjectChange {
      const [before, summary] = [summaries.get(nameOf(index)), summaryOf(index, offset)]
      summaries.set(nameOf(index), summary)
      const change = { project: summary.project, before, summary, view: { epoch: 'e', state, recent: [] }, isGone: false }
      for (const listener of listeners) listener(change)
      return change
    },
  }
}

const viewerOf = (index: number): Viewer => ({ user: `person-${index}`, name: '', groups: [], roles: [], via: 'session' })

type World = ReturnType<typeof openWorld>

const cpuMicroseconds = () => process.cpuUsage().user + process.cpuUsage().system

/** CPU µs of this process for a change and all frames of it. */
function cost(world: World, pages: readonly LivePage[], seed: number): number {
  const before = cpuMicroseconds()
  for (let turn = 0; turn < CHANGES; turn++) {
    const change = world.change((turn * 389 + seed) % PROJECTS, seed * CHANGES + turn + 2)
    for (const page of pages) if (page.take(change)) page.flush()
  }
  return (cpuMicroseconds() - before) / CHANGES
}

type Opened = (world: World) => Promise<LivePage[]>
type Compared = { lines: readonly string[]; pagesIn: Opened; audiencesIn: Opened }

/** Both in turns, so that a busy machine is busy for both. */
async function compare({ lines, pagesIn, audiencesIn }: Compared): Promise<[pages: number, audiences: number]> {
  const [one, other] = [openWorld([]), openWorld(lines)]
  const [pages, audiences] = [await pagesIn(one), await audiencesIn(other)]
  const rounds = Array.from({ length: ROUNDS + 1 }, (_, round) => [cost(one, pages, round), cost(other, audiences, round)] as const).slice(
    1,
  )
  return [median(rounds.map(([cpu]) => cpu)), median(rounds.map(([, cpu]) => cpu))]
}

const all = Array.from({ length: AUDIENCES }, (_, index) => index)

/** A page of those who see everything, each with a filter of its own. */
const pages = (filter: (index: number) => object) => async (world: World) =>
  all.map((index) => openOverview(world.audiences.everything, { page: 1, ...filter(index) }))

/** The overview of each audience, as its websockets watch it. */
const audiencesOf = async (world: World) => {
  const opened = all.map(async (index) => {
    const address = world.audiences.topic(viewerOf(index), { address: '/', project: undefined }) ?? ''
    const topic = {
      address: '/',
      project: undefined,
      open: async (deps: Parameters<typeof openOverview>[0]) => () => openOverview(deps, { page: 1 }),
    }
    return (await world.audiences.open(topic, address, { stir: () => undefined, failed: () => undefined }))()
  })
  return Promise.all(opened)
}

export const audiences: Bench = {
  name: 'audiences',
  async run() {
    const byTeam = all.map((index) => `p, user:person-${index}, see, tag:team-${index}, allow`)
    const nearlyAll = all.flatMap((index) => [
      `p, user:person-${index}, see, *, allow`,
      `p, user:person-${index}, see, ${nameOf(index)}, deny`,
    ])
    const [teamPages, teams] = await compare({
      lines: byTeam,
      pagesIn: pages((index) => ({ tag: `team-${index}` })),
      audiencesIn: audiencesOf,
    })
    const [allPages, alls] = await compare({ lines: nearlyAll, pagesIn: pages(() => ({})), audiencesIn: audiencesOf })
    const row = (what: string, asPages: number, asAudiences: number) => [
      what,
      asPages,
      asAudiences,
      atMost(asAudiences / asPages, AIM, 'times'),
    ]
    return [
      {
        title: `A change of one of ${PROJECTS.toLocaleString('en')} projects on ${AUDIENCES} overviews, CPU µs, medians of ${ROUNDS} rounds of ${CHANGES}`,
        columns: ['who sees what', `${AUDIENCES} pages`, `${AUDIENCES} audiences`, 'aim'],
        rows: [row('each its own team', teamPages, teams), row('each all but one project', allPages, alls)],
      },
    ]
  },
}
