import { generateHistory } from '../support/histories.ts'
import { startChild } from './child.ts'
import type { Heard, ViewersQuestion } from './load/viewers.ts'
import { atMost, residentBytes } from './measure.ts'
import { positionOf, postEvents } from './report.ts'
import type { Bench } from './run.ts'
import { benchFolder, startServer } from './server.ts'

const VIEWERS = 10_000
const PROJECTS = 20
const AIM_KIB = 12
const PATIENCE_MS = 60_000
const SETTLED_WITHIN_MS = 30_000

/** Waits until the memory of a program has stood still for two seconds; where it never does, takes it as it is. */
async function settled(pid: number): Promise<number> {
  const endAt = performance.now() + SETTLED_WITHIN_MS
  let [before, quietSince] = [residentBytes(pid), performance.now()]
  while (performance.now() < endAt && performance.now() - quietSince < 2_000) {
    await Bun.sleep(200)
    const now = residentBytes(pid)
    if (Math.abs(now - before) > before * 0.002) [before, quietSince] = [now, performance.now()]
  }
  return residentBytes(pid)
}

/** Every project has viewers, and so has the overview: as many as all projects together. */
async function livePaths(url: string): Promise<string[]> {
  const paths: string[] = []
  for (let index = 0; index < PROJECTS; index++) {
    const name = `bench-${index}`
    await postEvents(url, name, generateHistory({ seed: index, count: 50 }))
    paths.push('/live/', `/live/projects/${name}?since=${await positionOf(url, name)}`)
  }
  return paths
}

export const idleViewers: Bench = {
  name: 'idle-viewers',
  async run() {
    const server = await startServer(benchFolder())
    const viewers = startChild<ViewersQuestion, Heard>('viewers.ts')
    try {
      const paths = await livePaths(server.url)
      const connect = (group: string, count: number) => viewers.ask({ ask: 'open', group, port: server.port, paths, count }, PATIENCE_MS)
      // What the first viewers make the program allocate once is not theirs.
      await connect('first', 500)
      const before = await settled(server.pid)
      const beganAt = performance.now()
      await connect('crowd', VIEWERS)
      const seconds = (performance.now() - beganAt) / 1_000
      const after = await settled(server.pid)
      const each = (after - before) / 1024 / VIEWERS
      return [
        {
          title: `Memory of idle viewers (${PROJECTS} projects and the overview)`,
          columns: ['viewers', 'connected in s', 'MiB before', 'MiB with them', 'KiB each', 'aim'],
          rows: [[VIEWERS, seconds, before / 2 ** 20, after / 2 ** 20, each, atMost(each, AIM_KIB, 'KiB')]],
        },
      ]
    } finally {
      await viewers.end()
      await server.end('SIGTERM')
    }
  },
}
