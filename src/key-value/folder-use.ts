import { hostname } from 'node:os'
import { type Key, type KeyValue, StoreUnavailableError } from './key-value.ts'
import type { Logger } from '../telemetry/logger.ts'

type Deps = {
  keyValue: Pick<KeyValue, 'acquire' | 'release' | 'get' | 'set'>
  dataDir: string
  pid: number
  log: Logger
  onError(error: unknown): void
}

const FIRST: Key = ['lease', 'data folder']
const SECOND: Key = ['service', 'second']
const EVERY_MS = 2_000
const TTL_MS = 6_000
/** A killed service keeps its lease until it expires; its successor is no second service. */
const SURE_AFTER_MS = TTL_MS + 2 * EVERY_MS

/** Warns when two services share a data folder: without a common bus, each sees the other's reports up to 5 s late. */
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
      // Outages are reported elsewhere.
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
      // Other workers of this service acquire it again.
      await keyValue.release([FIRST], us).catch((error: unknown) => {
        if (!(error instanceof StoreUnavailableError)) onError(error)
      })
    },
  }
}
