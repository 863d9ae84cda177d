import { AUDIT_LOG, isOwnLog } from '../domain/events/names.ts'
import type { EventLog } from '../event-log/event-log.ts'
import { projectFold } from './folds.ts'
import { stateAt } from './time-travel.ts'

/** 0 keeps everything. */
export type RetentionPolicy = { days: number; /** Events of one project. */ events: number }

/** Whether to trust the clock enough to remove events since `first` (ms since 1970): a clock that is ahead makes all old. */
export type TimeCheck = (first: number) => Promise<boolean>

type Deps = {
  eventLog: EventLog
  policy: RetentionPolicy
  /** 0 keeps them. */ auditDays?: number
  onError(error: unknown): void
  now?: () => number
  isSure?: TimeCheck
}

const DAY_MS = 86_400_000
const EVERY_MS = 60 * 60_000
const MUCH_MS = DAY_MS
const FIRST_MS = 5_000

/** Events received since then are kept (ms since 1970); 0 when all are. */
export const keptSince = ({ days }: RetentionPolicy, now: number): number => (days === 0 ? 0 : now - days * DAY_MS)

/** While started, removes events beyond the policy every hour, after saving the state at the cut as the log's beginning. */
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
      if (isStarted || (deps.policy.days === 0 && deps.policy.events === 0 && !deps.auditDays)) return
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

/** One pass over all projects; a failing project does not stop the others. */
export async function removeOld(deps: Deps, goesOn: () => boolean = () => true): Promise<void> {
  for (const [project, { offset: head }] of await deps.eventLog.heads()) {
    if (!goesOn()) return
    if (project === AUDIT_LOG) await trimAudit(deps, head).catch(deps.onError)
    if (isOwnLog(project)) continue
    await trimProject(deps, project, head).catch(deps.onError)
  }
}

/** Entries are folded into nothing, so nothing is kept of those that go. */
async function trimAudit({ eventLog, auditDays = 0, isSure, now = Date.now }: Deps, head: number): Promise<void> {
  if (auditDays === 0) return
  const offset = await lastTooOld({ eventLog, policy: { days: auditDays, events: 0 }, now, ...(isSure && { isSure }) }, AUDIT_LOG, head)
  const { first, epoch } = await eventLog.read(AUDIT_LOG, { after: head, limit: 1 })
  if (offset >= first) await eventLog.trim({ project: AUDIT_LOG, epoch, foldVersion: 0, offset, body: '' })
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

/** The last offset beyond the retention time; 0 when the clock is in doubt. */
async function lastTooOld(
  { eventLog, policy, now = Date.now, isSure }: Pick<Deps, 'eventLog' | 'policy' | 'now' | 'isSure'>,
  project: string,
  head: number,
): Promise<number> {
  const since = keptSince(policy, now())
  const tooOld = await eventLog.offsetAt(project, since)
  const { first } = await eventLog.read(project, { after: head, limit: 1 })
  if (tooOld < first || !isSure) return tooOld
  const [oldest] = (await eventLog.read(project, { after: first - 1, limit: 1 })).events
  if (!oldest || since - oldest.received_at <= MUCH_MS) return tooOld
  return (await isSure(oldest.received_at)) ? tooOld : 0
}

type ClockDeps = {
  engineTime(): Promise<number | undefined>
  say(line: string): void
  now?: () => number
  elapsed?: () => number
}

const AGREES_MS = 600_000

/** Trusts the clock when the engine's clock agrees; without an engine clock, a day after having warned the operator. */
export function openTimeCheck({ engineTime, say, now = Date.now, elapsed = () => performance.now() }: ClockDeps) {
  let asked: { line: string; at: number } | undefined

  const isSure: TimeCheck = async (first) => {
    const other = await engineTime()
    if (other !== undefined && Math.abs(other - now()) <= AGREES_MS) {
      asked = undefined
      return true
    }
    if (!asked) {
      asked = { line: question({ first, now: now(), other }), at: elapsed() }
      say(asked.line)
    }
    return other === undefined && elapsed() - asked.at >= DAY_MS
  }
  return { isSure, doubts: () => (asked === undefined ? [] : [asked.line]) }
}

function question({ first, now, other }: { first: number; now: number; other: number | undefined }): string {
  const [today, oldest] = [now, first].map((at) => new Date(at).toISOString().slice(0, 10))
  const much = `more than a day of events, from ${oldest} on, is past its time by the clock of this machine, which says ${today}`
  return other === undefined
    ? `${much}: is that right? Nothing is removed until this program has run for a day; set the clock if it is wrong`
    : `${much}, but not by that of the event log, which says ${new Date(other).toISOString().slice(0, 10)}: nothing is removed until both agree`
}
