import type { Told } from './stage.ts'
import type { World } from './world.ts'

const FIRST_MINUTE = 4
const EVERY_MINUTES = 6
const HOUR_MINUTES = 60

/** What an orchestrator says now and then of all its cycles, and what it answers to the one who plans. */
export function orchestratorTalk({ people: [planner], name }: World, told: readonly Told[]): Told[] {
  const talk: Told[] = []
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

/** The stories whose cycles are open, and those whose cycles are over. */
function cyclesAt(told: readonly Told[], minute: number): { open: string[]; done: string[] } {
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
