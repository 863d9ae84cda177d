import { afterAll, afterEach } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** How long something that a test opened may live: until the test's end, or the file's (what `beforeAll` opens). */
export type Lifetime = 'test' | 'file'

type Ending = { lifetime: Lifetime; end(): Promise<void> | void }

let endings: Ending[] = []

/** Has something ended when its time is over, the last opened first, whether the test passed or not. */
export function endAfter(lifetime: Lifetime, end: () => Promise<void> | void): void {
  endings.push({ lifetime, end })
}

async function endAll(isDue: (ending: Ending) => boolean): Promise<void> {
  const due = endings.filter(isDue).toReversed()
  endings = endings.filter((ending) => !isDue(ending))
  const problems: unknown[] = []
  for (const { end } of due) {
    try {
      await end()
    } catch (error) {
      problems.push(error)
    }
  }
  if (problems.length > 0) throw problems[0]
}

/** A new empty folder that goes when the test or file is over. */
export function temporaryFolder(lifetime: Lifetime = 'test'): string {
  const folder = mkdtempSync(join(tmpdir(), 'visualizer-test-'))
  endAfter(lifetime, () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

// This module is preloaded (bunfig.toml), so that the hooks stand for every test file of a run.
afterEach(() => endAll((ending) => ending.lifetime === 'test'), { timeout: 60_000 })
afterAll(() => endAll(() => true), { timeout: 60_000 })
