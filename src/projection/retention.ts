import { PROJECTS_LOG } from '../domain/events/names.ts'
import type { EventLog } from '../event-log/event-log.ts'
import { projectFold } from './folds.ts'
import { stateAt } from './state-at.ts'

/** What is kept; 0 is everything. */
export type RetentionPolicy = { days: number; /** Events of one project. */ events: number }

/**
 * Whether the time is sure enough to remove what was received from `first` (ms since 1970) on and is more than a day past its time:
 * a clock that is ahead makes everything old.
 */
export type TimeCheck = (first: number) => Promise<boolean>

type Deps = { eventLog: EventLog; policy: RetentionPolicy; onError(error: unknown): void; now?: () => number; isSure?: TimeCheck }

const DAY_MS = 86_400_000
const EVERY_MS = 60 * 60_000
/** An hour's worth is due at each look; what is more than this past its time needs a time that is sure. */
const MUCH_MS = DAY_MS
/** After a start, others come first. */
const FIRST_MS = 5_000

/** From when on events are kept, ms since 1970; 0 when all are. */
export const keptSince = ({ days }: RetentionPolicy, now: number): number => (days === 0 ? 0 : now - days * DAY_MS)

/**
 * Removes what is older than the policy, every hour, while started: by one worker of the fleet. A project's state at the cut is
 * saved first, as that which its log begins with. Registrations are kept for good.
 */
export function openRetention(deps: Deps) {
  let timer: ReturnType<typeof setTimeout> | undefined
  let running: Promise<void> = Promise.resolve()
  let isStarted = false

  const schedule = (delayMs: number) => {
    timer = setTimeout(() => {
      running = removeOld(deps, () => isStarted)
        .catch(deps.onError)
        .finally(() => isStarted && schedule(EVERY_MS))
    }, delayMs)
  }

  function stop() {
    isStarted = false
    clearTimeout(timer)
  }

  return {
    start() {
      if (isStarted || (deps.policy.days === 0 && deps.policy.events === 0)) return
      isStarted = true
      schedule(FIRST_MS)
    },
    stop,
    async close() {
      stop()
      await running
    },
  }
}

/** One pass over all projects, one after the other; a project that fails does not keep the others. */
export async function removeOld(deps: Deps, goesOn: () => boolean = () => true): Promise<void> {
  for (const [project, { offset: head }] of await deps.eventLog.heads()) {
    if (!goesOn()) return
    if (project === PROJECTS_LOG) continue
    await trimProject(deps, project, head).catch(deps.onError)
  }
}

async function trimProject(deps: Deps, project: string, head: number): Promise<void> {
  const { eventLog, policy, onError } = deps
  const tooMany = policy.events === 0 ? 0 : head - policy.events
  const tooOld = policy.days === 0 ? 0 : await lastTooOld(deps, project, head)
  const cut = Math.max(tooMany, tooOld)
  const { first } = await eventLog.read(project, { after: head, limit: 1 })
  if (cut < first) return
  const { epoch, state } = await stateAt({ eventLog, onError }, project, String(cut))
  await eventLog.trim({ project, epoch, foldVersion: projectFold.version, offset: cut, body: projectFold.encode(state) })
}

/** The last offset that is past its time; none where much is, and the time is not sure. */
async function lastTooOld({ eventLog, policy, now = Date.now, isSure }: Deps, project: string, head: number): Promise<number> {
  const since = keptSince(policy, now())
  const tooOld = await eventLog.offsetAt(project, since)
  const { first } = await eventLog.read(project, { after: head, limit: 1 })
  if (tooOld < first || !isSure) return tooOld
  const [oldest] = (await eventLog.read(project, { after: first - 1, limit: 1 })).events
  if (!oldest || since - oldest.received_at <= MUCH_MS) return tooOld
  return (await isSure(oldest.received_at)) ? tooOld : 0
}
