import { bounded, equally, keepNewest } from '../bounded.ts'
import { type Draft, copyOnWrite } from './draft.ts'
import { type FlowDay, type FlowKind, withDuration } from './durations.ts'
import type { StoredEventOf } from '../events/event.ts'
import type { Approval, Cycle } from './project-state.ts'
import { isOpenCycle } from './tdd-machine.ts'

export const DAYS_KEPT = 90
const DAY_MS = 86_400_000
const COSTS_KEPT = 200
const MEASURED_KEPT = 64

/** The day of an instant, since 1970. */
export const dayOf = (at: number): number => Math.floor(at / DAY_MS)

/** `2026-11-30`: a day since 1970 (UTC). */
export const dayText = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10)

/** Counts what a change of a cycle ended. A cycle that appears complete is counted but not timed. */
export function measureCycle(draft: Draft, known: Cycle | undefined, cycle: Cycle) {
  const same = known?.round === cycle.round ? known : undefined
  if (same?.state === 'test_red' && cycle.state === 'code_green') {
    measure(draft, 'redToGreen', { from: same.enteredAt, to: cycle.enteredAt })
  }
  if (isOpenCycle(cycle) || (same && !isOpenCycle(same))) return
  const at = cycle.completedAt ?? cycle.enteredAt
  dayToChange(draft, at).completed++
  if (same) measure(draft, 'cycleTime', { from: cycle.startedAt, to: at })
}

/** Times a decision; a withdrawn question was not decided. */
export function measureApproval(draft: Draft, { requestedAt }: Approval, event: StoredEventOf<'approval_resolved'>) {
  if (event.decision === 'withdrawn') return
  measure(draft, 'approvalWait', { from: requestedAt, to: event.received_at })
}

function measure(draft: Draft, kind: FlowKind, { from, to }: { from: number; to: number }) {
  const ms = Math.max(0, to - from)
  const day = dayToChange(draft, to)
  day[kind] = withDuration(day[kind], ms)
  const measured = copyOnWrite(draft, 'measured')
  measured.push({ offset: draft.next.offset, kind, ms })
  keepNewest(measured, MEASURED_KEPT)
}

function dayToChange(draft: Draft, at: number): FlowDay {
  const day = dayOf(at)
  const days = copyOnWrite(draft, 'flowDays')
  const place = days.findLastIndex((one) => one.day <= day)
  const known = days[place]
  if (known?.day === day) {
    if (!draft.before.flowDays.includes(known)) return known
    return (days[place] = { ...known })
  }
  const begun: FlowDay = { day, completed: 0, cycleTime: [], redToGreen: [], approvalWait: [] }
  days.splice(place + 1, 0, begun)
  const newest = days.at(-1)?.day ?? day
  while (days[0] && days[0].day <= newest - DAYS_KEPT) days.shift()
  return begun
}

/** Adds a cost to the story named, else to the story of the agent. */
export function addStoryCost(draft: Draft, event: StoredEventOf<'usage'>) {
  const { cost_usd: costUsd, received_at: at, offset } = event
  const agent = event.agent_id ? draft.next.agents.get(event.agent_id) : undefined
  const storyId = event.story_id ?? agent?.storyId
  if (!storyId || costUsd === undefined || costUsd === null) return
  const costs = copyOnWrite(draft, 'storyCosts')
  const known = costs.get(storyId)
  costs.set(storyId, { costUsd: (known?.costUsd ?? 0) + costUsd, at, offset })
  if (known) return
  const { left } = bounded([...costs], { limit: COSTS_KEPT, worthOf: equally, ageOf: ([, cost]) => cost.offset })
  for (const [id] of left) costs.delete(id)
}
