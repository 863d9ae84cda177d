import { type Key, type KeyValue, StoreUnavailableError } from './key-value.ts'

type Deps = {
  keyValue: Pick<KeyValue, 'acquire' | 'release' | 'get' | 'set'>
  dataDir: string
  /** The name that all workers of this service share. */
  instance: string
}

const FIRST: Key = ['lease', 'data folder']
const SECOND: Key = ['service', 'second']
const TTL_MS = 6_000

/** Signs of life of services in a data folder, for `watchLogUse`: the first holds a lease, any other leaves its name. */
export function folderUse({ keyValue, dataDir, instance }: Deps) {
  return {
    place: `the data folder ${dataDir}`,
    advice: 'give each its own DATA_DIR, or both the same REDIS_URL',
    async isShared() {
      const [isFirst] = await keyValue.acquire([FIRST], instance, TTL_MS)
      const second = isFirst ? await keyValue.get(SECOND) : undefined
      if (isFirst) return second !== undefined && second !== instance
      await keyValue.set(SECOND, instance, { ttlMs: TTL_MS })
      return true
    },
    // Other workers of this service acquire it again.
    leave: () => keyValue.release([FIRST], instance),
    isOutage: (error: unknown) => error instanceof StoreUnavailableError,
  }
}
