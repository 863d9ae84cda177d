import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import type { RedisConfig } from '../config/config.ts'
import type { RateWindow } from '../config/rate-limits.ts'
import { connectRedis } from '../redis/connect.ts'
import { encodePart } from '../redis/keys.ts'
import type { KeyValue } from './key-value.ts'

export type Taken = { isOver: boolean; remaining: number; /** Until the window ends. */ resetMs: number }

/** Counts requests of clients, over all workers that share the store. Never rejects, and never waits for a store that is away. */
export type RateCounters = { take(window: RateWindow, id: string): Promise<Taken>; close(): void }

type Take = (id: string) => Promise<Taken>

const byWindow = (open: (window: RateWindow) => Take) => {
  const takes = new Map<string, Take>()
  return (window: RateWindow, id: string): Promise<Taken> => {
    const key = `${window.name}:${window.seconds}`
    const take = takes.get(key) ?? open(window)
    takes.set(key, take)
    return take(id)
  }
}

/** In the memory of this process alone. */
export function countInMemory(): RateCounters {
  return { take: byWindow(inMemory), close: () => undefined }
}

const inMemory = (window: RateWindow): Take => takenBy(new RateLimiterMemory(optionsOf(window)))

const optionsOf = ({ name, limit, seconds }: RateWindow) => ({
  keyPrefix: `visualizer:rate:${encodePart(name)}.${seconds}`,
  points: limit,
  duration: seconds,
})

type Limiter = Pick<RateLimiterMemory, 'consume'>

/** The library rejects with the same answer where the limit is reached. */
const takenBy =
  (limiter: Limiter): Take =>
  async (id) => {
    const key = encodePart(id)
    const { isOver, answer } = await limiter.consume(key).then(
      (one) => ({ isOver: false, answer: one }),
      (error: unknown) => {
        if (error instanceof RateLimiterRes) return { isOver: true, answer: error }
        throw error
      },
    )
    return { isOver, remaining: answer.remainingPoints, resetMs: answer.msBeforeNext }
  }

/** An answer that takes longer is not waited for. */
const PATIENCE_MS = 300
const LOOK_AGAIN_MS = 1_000

/** Shared by all instances on one Redis, by a connection of its own. */
export function countInRedis({ redis, onError }: { redis: RedisConfig; onError(error: unknown): void }): RateCounters {
  const connection = connectRedis({ redis, name: 'visualizer-rates', onError })
  let awayUntil = -Infinity
  const open = (window: RateWindow): Take => {
    const options = optionsOf(window)
    const insuranceLimiter = new RateLimiterMemory(options)
    const alone = takenBy(insuranceLimiter)
    const shared = takenBy(new RateLimiterRedis({ ...options, storeClient: connection, rejectIfRedisNotReady: true, insuranceLimiter }))
    return async (id) => {
      const now = performance.now()
      if (now < awayUntil) return alone(id)
      if (awayUntil === -Infinity) return (await inTime(shared(id))) ?? away(() => alone(id))
      // It was away: somebody looks whether it is back, and waits for nothing.
      awayUntil = now + LOOK_AGAIN_MS
      inTime(shared(id)).then((taken) => taken && (awayUntil = -Infinity), onError)
      return alone(id)
    }
  }
  function away(take: () => Promise<Taken>) {
    awayUntil = performance.now() + LOOK_AGAIN_MS
    return take()
  }
  return { take: byWindow(open), close: () => connection.disconnect() }
}

async function inTime(taking: Promise<Taken>): Promise<Taken | undefined> {
  const late = Promise.withResolvers<undefined>()
  // After a busy moment of this process the answer may lie there unread.
  const timer = setTimeout(() => setImmediate(setImmediate, late.resolve), PATIENCE_MS)
  const taken = await Promise.race([taking, late.promise])
  clearTimeout(timer)
  return taken
}

type SharedDeps = { keyValue: Pick<KeyValue, 'increment'>; workers: number; now?: () => number }
/** What a worker may still admit of a client in a window, taken from the common count beforehand. */
type Share = { window: number; left: number; known: number; asking: Promise<void> | undefined }

const CLIENTS_KEPT = 20_000
/** A worker takes this part of what is left for its share, and less the nearer the limit is. */
const PARTS = 4

/** Shared by the workers of a host. Each takes small shares of the limit, so that few requests ask the store; never more than the limit passes. */
export function countInShares({ keyValue, workers, now = Date.now }: SharedDeps): RateCounters {
  const open = (window: RateWindow): Take => {
    const { name, limit, seconds } = window
    const windowMs = seconds * 1_000
    const shares = new Map<string, Share>()
    const alone = inMemory(window)

    function shareOf(id: string, index: number): Share {
      const known = shares.get(id)
      if (known?.window === index) return known
      if (shares.size >= CLIENTS_KEPT) shares.clear()
      const share: Share = { window: index, left: 0, known: 0, asking: undefined }
      shares.set(id, share)
      return share
    }
    async function reserve(id: string, share: Share): Promise<void> {
      const wish = Math.max(1, Math.floor((limit - share.known) / (PARTS * workers)))
      const sum = await keyValue.increment(['rate', name, String(seconds), String(share.window), id], wish, windowMs)
      share.left += Math.max(0, wish - Math.max(0, sum - limit))
      share.known = sum
    }
    return async (id) => {
      const at = now()
      const share = shareOf(id, Math.floor(at / windowMs))
      const resetMs = (share.window + 1) * windowMs - at
      try {
        while (share.left <= 0) {
          if (share.known >= limit) return { isOver: true, remaining: 0, resetMs }
          await (share.asking ??= reserve(id, share).finally(() => (share.asking = undefined)))
        }
      } catch {
        // The shared file is away, which others tell: this worker goes on counting by itself.
        return alone(id)
      }
      share.left -= 1
      return { isOver: false, remaining: share.left + Math.max(0, limit - share.known), resetMs }
    }
  }
  return { take: byWindow(open), close: () => undefined }
}
