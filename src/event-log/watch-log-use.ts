import type { Logger } from '../telemetry/logger.ts'

/** How a service detects others that store in its event log. */
export type LogUse = {
  place: string
  advice: string
  isShared(): Promise<boolean>
  leave(): Promise<void>
  /** Whether `isShared` or `leave` failed because the engine is away, which is reported elsewhere. */
  isOutage(error: unknown): boolean
}

type Deps = { log: Logger; onError(error: unknown): void }

const EVERY_MS = 2_000
/** The signs of a killed service last up to 6 s longer; its successor is no second service. */
const SURE_AFTER_MS = 6_000 + 2 * EVERY_MS

/** Warns when two services share an event log without a common bus: each sees the other's reports up to 5 s late. */
export function watchLogUse({ place, advice, isShared, leave, isOutage }: LogUse, { log, onError }: Deps) {
  let sharedSince: number | undefined
  let isSaid = false
  const line = `another service uses ${place}: what one of them takes in shows up at the other up to 5 seconds late; ${advice}`

  async function look() {
    const now = performance.now()
    sharedSince = (await isShared()) ? (sharedSince ?? now) : undefined
    const isSure = sharedSince !== undefined && now - sharedSince >= SURE_AFTER_MS
    if (isSure && !isSaid) log.warn(line)
    if (isSaid && sharedSince === undefined) log.info(`no other service uses ${place} any more`)
    isSaid = isSure || (isSaid && sharedSince !== undefined)
  }

  const failed = (error: unknown) => (isOutage(error) ? undefined : onError(error))
  let looking = look().catch(failed)
  const timer = setInterval(() => void (looking = looking.then(look).catch(failed)), EVERY_MS)
  return {
    warnings: () => (isSaid ? [line] : []),
    async close() {
      clearInterval(timer)
      await looking
      await leave().catch(failed)
    },
  }
}
