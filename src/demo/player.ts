import { type Api, ApiProblem } from '../client/api.ts'
import { backOffMs, wait } from '../client/wait.ts'
import type { Cue } from './hour.ts'

type Playing = {
  api: Api
  cues: readonly Cue[]
  startedAt: number
  stop: AbortSignal
  onPlayed(cues: readonly Cue[]): void
  onAway(problem: ApiProblem): void
  onBack(): void
}

const TOGETHER_MS = 100
const BATCH = 500
const PATIENCE_MS = 60_000

/** Reports each cue when it is due, with stable ids, and retries while the service is away. Rejects with ApiProblem if it refuses. */
export async function play(playing: Playing): Promise<void> {
  const { cues, startedAt, stop } = playing
  let next = 0
  while (next < cues.length && !stop.aborted) {
    const elapsed = Date.now() - startedAt
    const due = cues.findIndex(({ at }, index) => index >= next && at > elapsed)
    const end = due === -1 ? cues.length : due
    if (end > next) await report(playing, cues.slice(next, end))
    next = end
    const at = cues[next]?.at
    if (at !== undefined) await wait(Math.max(TOGETHER_MS, startedAt + at - Date.now()), stop)
  }
}

/** Reports cues at once. */
export async function report(playing: Omit<Playing, 'cues' | 'startedAt'>, cues: readonly Cue[]): Promise<void> {
  for (const [project, own] of Map.groupBy(cues, (cue) => cue.project)) {
    for (let from = 0; from < own.length && !playing.stop.aborted; from += BATCH) {
      const batch = own.slice(from, from + BATCH)
      await persist(playing, { project, events: batch.map(({ event }) => event) })
      playing.onPlayed(batch)
    }
  }
}

type ProjectEvents = { project: string; events: readonly object[] }

async function persist({ api, stop, onAway, onBack }: Omit<Playing, 'cues' | 'startedAt'>, { project, events }: ProjectEvents) {
  const since = Date.now()
  for (let attempt = 0; ; attempt++) {
    try {
      await api.report(project, events)
      if (attempt > 0) onBack()
      return
    } catch (error) {
      if (!(error instanceof ApiProblem) || !error.isAway || Date.now() - since > PATIENCE_MS) throw error
      if (attempt === 0) onAway(error)
      await wait(backOffMs(attempt), stop)
      if (stop.aborted) return
    }
  }
}
