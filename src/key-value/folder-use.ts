import { hostname } from 'node:os'
import { type Key, type KeyValue, StoreUnavailableError } from './key-value.ts'
import type { Logger } from '../telemetry/logger.ts'

type Deps = {
  keyValue: Pick<KeyValue, 'acquire' | 'release' | 'get' | 'set'>
  dataDir: string
  /** The process that all workers of this service belong to. */
  pid: number
  log: Logger
  onError(error: unknown): void
}

const FIRST: Key = ['lease', 'data folder']
const SECOND: Key = ['service', 'second']
const EVERY_MS = 2_000
const TTL_MS = 6_000
/** A service that was killed holds its lease a while longer: its successor is no second one. */
const SURE_AFTER_MS = TTL_MS + 2 * EVERY_MS

/**
 * Finds out whether another service uses the same data folder: both hear of each other's reports only by their look at the log every 5 s,
 * for each has a bus of its own. Both say so, as long as it is so.
 */
export function watchFolderUse({ keyValue, dataDir, pid, log, onError }: Deps) {
  const us = `${hostname()} ${pid}`
  let sharedSince: number | undefined
  let isSaid = false
  const line = `another service uses the data folder ${dataDir}: what one of them takes in shows up at the other up to 5 seconds late; give each its own DATA_DIR, or both the same REDIS_URL`

  async function isShared(): Promise<boolean> {
    const [isFirst] = await keyValue.acquire([FIRST], us, TTL_MS)
    const second = isFirst ? await keyValue.get(SECOND) : undefined
    if (isFirst) return second !== undefined && second !== us
    await keyValue.set(SECOND, us, { ttlMs: TTL_MS })
    return true
  }

  async function look() {
    try {
      const now = performance.now()
      sharedSince = (await isShared()) ? (sharedSince ?? now) : undefined
      const isSure = sharedSince !== undefined && now - sharedSince >= SURE_AFTER_MS
      if (isSure && !isSaid) log.warn(line)
      if (isSaid && sharedSince === undefined) log.info(`no other service uses the data folder ${dataDir} any more`)
      isSaid = isSure || (isSaid && sharedSince !== undefined)
    } catch (error) {
      // That the store is away is said elsewhere.
      if (!(error instanceof StoreUnavailableError)) onError(error)
    }
  }

  let looking = look()
  const timer = setInterval(() => void (looking = looking.then(look)), EVERY_MS)
  return {
    warnings: () => (isSaid ? [line] : []),
    async close() {
      clearInterval(timer)
      await looking
      // The other workers of this service take it again at their next look.
      await keyValue.release([FIRST], us).catch((error: unknown) => {
        if (!(error instanceof StoreUnavailableError)) onError(error)
      })
    },
  }
}
