import { heapSize } from 'bun:jsc'
import { monitorEventLoopDelay } from 'node:perf_hooks'

export type ResourceUsage = {
  rssBytes: number
  heapBytes: number
  cpuSeconds: number
  loopDelay: LoopDelay
}

export type LoopDelay = { mean: number; p99: number; max: number }

const RESOLUTION_MS = 100
const WINDOW_MS = 30_000

/** What this process uses. Delays are those of the last full window, so that readers do not affect each other. */
export function openResourceUsage() {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delays.enable()
  let last: LoopDelay | undefined
  const now = (): LoopDelay => ({ mean: seconds(delays.mean), p99: seconds(delays.percentile(99)), max: seconds(delays.max) })
  const turn = setInterval(() => {
    last = now()
    delays.reset()
  }, WINDOW_MS)
  return {
    read(): ResourceUsage {
      const { user, system } = process.cpuUsage()
      return { rssBytes: process.memoryUsage.rss(), heapBytes: heapSize(), cpuSeconds: (user + system) / 1e6, loopDelay: last ?? now() }
    },
    close() {
      clearInterval(turn)
      delays.disable()
    },
  }
}

const seconds = (nanoseconds: number) => (Number.isFinite(nanoseconds) ? nanoseconds / 1e9 : 0)
