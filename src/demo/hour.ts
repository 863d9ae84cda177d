import { closing } from './closing.ts'
import { COURSES } from './courses.ts'
import { randomFrom, type DemoReport, type Stage, type TimedReport } from './stage.ts'
import type { World } from './world.ts'
import { searchIndex } from './worlds/search-index.ts'
import { paymentsApi } from './worlds/payments-api.ts'
import { mobileApp } from './worlds/mobile-app.ts'
import { ledgerImport } from './worlds/ledger-import.ts'
import { fraudModel } from './worlds/fraud-model.ts'
import { docsSite } from './worlds/docs-site.ts'
import { designSystem } from './worlds/design-system.ts'
import { checkoutWeb } from './worlds/checkout-web.ts'

/** In different states; fewer projects take the first ones. */
const WORLDS: readonly World[] = [paymentsApi, searchIndex, designSystem, mobileApp, ledgerImport, checkoutWeb, fraudModel, docsSite]

export const HOUR_MINUTES = 60
const FIRST_MINUTE = 4
const EVERY_MINUTES = 6

type DemoEvent = DemoReport & { id: string; timestamp: string }
/** `at` in ms of real time since the beginning. */
export type Cue = { at: number; minute: number; project: string; event: DemoEvent }

export type HourOptions = {
  seed: number
  projects: number
  speed: number
  startedAt: number
  /** Makes the ids of each run unique. */
  run: string
  /** Earlier runs per project: sprints and stories get other numbers. */
  plays: ReadonlyMap<string, number>
}

/** The names of the demo's projects. */
export function demoProjects(count: number): string[] {
  return WORLDS.slice(0, count).map(({ name }) => `demo-${name}`)
}

/** Whether any demo reported the event. */
export function isOfDemo(event: Record<string, unknown>): boolean {
  return typeof event['id'] === 'string' && event['id'].startsWith('demo:')
}

/** An hour of several projects in order; timestamps are the real times at which events are due, at any speed. */
export function hourOf(options: HourOptions): Cue[] {
  return WORLDS.slice(0, options.projects)
    .flatMap((world, index) => cuesOf(world, index, options))
    .toSorted((one, other) => one.at - other.at)
}

/** Reports that end an interrupted run. */
export function endOf(played: readonly Cue[], { speed, startedAt, run }: Pick<HourOptions, 'speed' | 'startedAt' | 'run'>, minute: number) {
  const projects = Map.groupBy(played, ({ project }) => project)
  return [...projects].flatMap(([project, cues]) =>
    closing(cues.map(({ event }) => event)).map((report, index): Cue => {
      const at = (minute * 60_000) / speed
      const timestamp = new Date(startedAt + at).toISOString()
      return { at, minute, project, event: { ...report, id: `demo:${run}:${project}:end-${index}`, timestamp } }
    }),
  )
}

function cuesOf(first: World, index: number, { seed, speed, startedAt, run, plays }: HourOptions): Cue[] {
  const project = `demo-${first.name}`
  const played = plays.get(project) ?? 0
  const world = played === 0 ? first : renumbered(first, played + 1)
  const instant = (minute: number) => new Date(startedAt + (minute * 60_000) / speed).toISOString()
  const before = (minutes: number) => new Date(startedAt - minutes * 60_000).toISOString()
  const random = randomFrom(seed * 31 + index)
  const told: TimedReport[] = []
  const stage: Stage = { world, random, now: 0, told, instant, before, sprint: `sprint-${played + 1}`, isKnown: played > 0 }
  told.push({ at: 0, report: { type: 'x-demo', note: 'a project of the demo: nothing in it is real', seed, speed } })
  COURSES[world.course](stage)
  for (const [minute, by, message] of world.talk) {
    told.push({ at: minute, report: { type: 'chat_message', user_id: by, message_type: 'user', message } })
  }
  if (world.course === 'steady') told.push(...orchestratorTalk(world, told))
  return told
    .filter(({ at }) => at < HOUR_MINUTES)
    .toSorted((one, other) => one.at - other.at)
    .map(({ at, report }, number) => ({
      at: (at * 60_000) / speed,
      minute: at,
      project,
      event: { ...report, id: `demo:${run}:${project}:${number}`, timestamp: instant(at) },
    }))
}

/** The same work with new story numbers. */
function renumbered(world: World, sprint: number): World {
  const lanes = world.lanes.map((stories) => stories.map((story) => ({ ...story, id: `${story.id}-${sprint}` })))
  return { ...world, lanes }
}

/** Status reports of the orchestrator, and its answer to the planner. */
function orchestratorTalk({ people: [planner], name }: World, told: readonly TimedReport[]): TimedReport[] {
  const talk: TimedReport[] = []
  for (let minute = FIRST_MINUTE; minute < HOUR_MINUTES; minute += EVERY_MINUTES) {
    const { open } = cyclesAt(told, minute)
    if (open.length === 0) continue
    talk.push({ at: minute, report: { type: 'parallel_status', status_data: figures(open) } })
  }
  const asked = FIRST_MINUTE + name.length
  const { open, done } = cyclesAt(told, asked)
  const command = { type: 'command_execution', command_id: `status-${name}`, command: '/sprint status', user_id: planner }
  const result = `${done.length} stories done, ${open.length} under way`
  talk.push({ at: asked, report: { ...command, status: 'started' } })
  talk.push({ at: asked + 0.1, report: { ...command, status: 'completed', result } })
  return talk
}

function figures(open: readonly string[]) {
  return {
    coordinator_status: { running: true, paused: false, max_parallel_cycles: 4, execution_mode: 'balanced' },
    cycle_summary: { total_cycles: open.length, active_cycles: open.length, blocked_cycles: 0, resource_locks: open.length },
    active_cycles: open.map((story) => ({ story_id: story })),
  }
}

function cyclesAt(told: readonly TimedReport[], minute: number): { open: string[]; done: string[] } {
  const states = new Map<string, unknown>()
  for (const { at, report } of told) {
    const { type, story_id: story, new_state: state } = report
    if (at <= minute && type === 'tdd_transition' && typeof story === 'string') states.set(story, state)
  }
  const stories = [...states]
  return {
    open: stories.flatMap(([story, state]) => (state === 'commit' ? [] : [story])),
    done: stories.flatMap(([story, state]) => (state === 'commit' ? [story] : [])),
  }
}
