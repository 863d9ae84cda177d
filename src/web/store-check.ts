import { PROJECTS_LOG } from '../domain/events/names.ts'
import { type EventLog, LogUnavailableError } from '../event-log/event-log.ts'

/** Results are reused this long: balancers ask often, and each check writes. */
const KNOWN_MS = { stored: 1_000, refused: 250 }
const PATIENCE_MS = 3_000

type StoreCheck = () => Promise<string | undefined>

type Deps = { eventLog: Pick<EventLog, 'tryAppend' | 'head' | 'heads'>; onError(error: unknown): void }

/** Checks by storing and removing something, at most once a second while all is well. */
export function openStoreCheck(deps: Deps): StoreCheck {
  let looking: Promise<string | undefined> | undefined
  let forgetAt = 0

  function lookNow() {
    forgetAt = Infinity
    looking = look(deps).then((reason) => {
      forgetAt = performance.now() + (reason === undefined ? KNOWN_MS.stored : KNOWN_MS.refused)
      return reason
    })
    return looking
  }

  return async () => {
    if (!looking || performance.now() > forgetAt) return lookNow()
    const reason = await looking
    // Reading is cheap and shows new outages at once.
    return reason !== undefined || (await isLogThere(deps.eventLog)) ? reason : lookNow()
  }
}

async function look({ eventLog, onError }: Deps): Promise<string | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<string>()
  const timer = setTimeout(() => resolve(`nothing was stored within ${PATIENCE_MS / 1_000} s`), PATIENCE_MS)
  const trying = eventLog.tryAppend().then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof LogUnavailableError) return error.message
      onError(error)
      return 'the event log failed; see the log of the service'
    },
  )
  const found = await Promise.race([trying, late])
  clearTimeout(timer)
  return found
}

/** Whether the log answers; with several servers, whether any does, so that one outage does not empty the balancer. */
export const isLogThere = (eventLog: Pick<EventLog, 'head' | 'heads'>): Promise<boolean> =>
  eventLog
    .head(PROJECTS_LOG)
    .catch(() => eventLog.heads())
    .then(
      () => true,
      () => false,
    )
