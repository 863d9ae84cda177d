import { PROJECTS_LOG } from '../domain/events/names.ts'
import { type EventLog, LogUnavailableError } from '../event-log/event-log.ts'

/** What was found is told to everybody who asks within this time: balancers ask often, and each look is a write. */
const KNOWN_MS = { stored: 1_000, refused: 250 }
/** A look that takes longer is told as it stands: whoever asks waits for a few seconds at most. */
const PATIENCE_MS = 3_000

/** Why reports are refused now, in words for an operator; undefined while they are stored. */
type StoreCheck = () => Promise<string | undefined>

type Deps = { eventLog: Pick<EventLog, 'tryAppend' | 'head' | 'heads'>; onError(error: unknown): void }

/** Looks by storing something and taking it back, once a second at most while all is well, and by reading whenever it is asked. */
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
    // Reading costs little: what went away since is told at once.
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

/** Whether the event log answers now; of a log on several servers, whether any of them does: one must not empty the load balancer. */
export const isLogThere = (eventLog: Pick<EventLog, 'head' | 'heads'>): Promise<boolean> =>
  eventLog
    .head(PROJECTS_LOG)
    .catch(() => eventLog.heads())
    .then(
      () => true,
      () => false,
    )
