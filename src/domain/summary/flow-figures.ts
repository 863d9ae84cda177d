import { countOf, type Durations, type FlowDay, type FlowKind, merged, quantile } from '../project/durations.ts'
import { dayOf, DAYS_KEPT } from '../project/flow.ts'
import type { ProjectState, Workflow } from '../project/project-state.ts'

/** Count, median and 85th percentile in ms, and all durations. */
export type Timing = { count: number; medianMs: number | undefined; p85Ms: number | undefined; durations: Durations }

export type StateTime = { state: string; entered: number; ms: number; currentSince: number | undefined }

export type FlowFigures = {
  window: { from: number; to: number }
  timings: Record<FlowKind, Timing>
  throughput: { day: number; completed: number }[]
  completed: number
  stateTimes: StateTime[]
  costs: { storyId: string; costUsd: number; at: number }[]
  medianCostUsd: number | undefined
}

export type FlowTold = Pick<ProjectState, 'firstEventAt' | 'flowSince' | 'flowDays' | 'workflow' | 'storyCosts'>

/** The flow of the last `days` days (UTC, 90 at most). Quantiles are at most 9.1 % off. */
export function flowFigures({ flowSince, flowDays, workflow, storyCosts }: FlowTold, now: number, days = DAYS_KEPT): FlowFigures {
  const to = dayOf(now)
  const oldest = Math.max(to - days + 1, Math.min(dayOf(flowSince ?? now), flowDays[0]?.day ?? to))
  const window = { from: Math.min(oldest, to), to }
  const ended = flowDays.filter(({ day }) => day >= window.from && day <= window.to)
  const throughput = everyDay(window, ended)
  const costs = [...storyCosts].map(([storyId, { costUsd, at }]) => ({ storyId, costUsd, at })).sort((a, b) => b.costUsd - a.costUsd)
  return {
    window,
    timings: {
      cycleTime: timing(ended, 'cycleTime'),
      redToGreen: timing(ended, 'redToGreen'),
      approvalWait: timing(ended, 'approvalWait'),
    },
    throughput,
    completed: throughput.reduce((sum, { completed }) => sum + completed, 0),
    stateTimes: stateTimes(workflow),
    costs,
    medianCostUsd: median(costs.map(({ costUsd }) => costUsd)),
  }
}

function median(ordered: readonly number[]): number | undefined {
  const [low, high] = [ordered[Math.floor((ordered.length - 1) / 2)], ordered[Math.floor(ordered.length / 2)]]
  return low === undefined || high === undefined ? undefined : (low + high) / 2
}

function everyDay({ from, to }: { from: number; to: number }, days: readonly FlowDay[]) {
  const counts = new Map(days.map(({ day, completed }) => [day, completed]))
  return Array.from({ length: to - from + 1 }, (_, index) => ({ day: from + index, completed: counts.get(from + index) ?? 0 }))
}

function timing(days: readonly FlowDay[], kind: FlowKind): Timing {
  const durations = days.reduce<Durations>((all, day) => merged(all, day[kind]), [])
  return { count: countOf(durations), medianMs: quantile(durations, 0.5), p85Ms: quantile(durations, 0.85), durations }
}

function stateTimes({ stays, state, enteredAt }: Workflow): StateTime[] {
  const times = [...stays].map(([name, { count, ms }]) => ({
    ...{ state: name, entered: count, ms },
    currentSince: name === state ? enteredAt : undefined,
  }))
  return times.sort((one, other) => other.ms - one.ms)
}
