import { expect, test } from 'bun:test'
import { readdirSync, readFileSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { endAfter, temporaryFolder } from '../support/ending.ts'
import { eventually, within } from '../support/eventually.ts'

const WRITER = join(import.meta.dir, '../telemetry/log-writer.ts')
const NAMES = ['anna', 'ben', 'cleo', 'dora']
const LINES = 4_000

function startWriter(path: string, name: string, limit = 0) {
  const child = Bun.spawn([process.execPath, WRITER, path, name, String(LINES), String(limit)], { stdout: 'pipe', stderr: 'inherit' })
  endAfter('test', () => child.kill('SIGKILL'))
  return new Response(child.stdout).text()
}

/** How often each line is in any of the files; throws where a line is not whole. */
function countLines(folder: string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const file of readdirSync(folder).filter((name) => !name.endsWith('.lock'))) {
    const text = readFileSync(join(folder, file), 'utf8')
    expect(text.endsWith('\n')).toBe(true)
    for (const line of text.trimEnd().split('\n')) {
      const { name, number } = JSON.parse(line) as { name: string; number: number }
      counts.set(`${name} ${number}`, (counts.get(`${name} ${number}`) ?? 0) + 1)
    }
  }
  return counts
}

function expectEachOnce(counts: Map<string, number>) {
  expect(counts.size).toBe(NAMES.length * LINES)
  expect([...counts].filter(([, times]) => times !== 1)).toEqual([])
}

test('four processes write one log and rotate it: every line is there once and whole, and no file grows without end', async () => {
  const folder = temporaryFolder()
  const path = join(folder, 'app.log')
  const limit = 64 * 1024
  const ends = await within(60_000, 'the writers', Promise.all(NAMES.map((name) => startWriter(path, name, limit))))
  expect(ends).toEqual(NAMES.map(() => 'dropped 0\n'))
  expectEachOnce(countLines(folder))
  const sizes = readdirSync(folder).map((file) => statSync(join(folder, file)).size)
  expect(sizes.length).toBeGreaterThan(3)
  // A rotation comes after what each of them had in hand.
  expect(Math.max(...sizes)).toBeLessThan(limit + NAMES.length * 256 * 1024)
}, 90_000)

test('without rotation of its own, each process goes on in the file that was renamed', async () => {
  const folder = temporaryFolder()
  const path = join(folder, 'app.log')
  const ends = Promise.all(NAMES.map((name) => startWriter(path, name)))
  await eventually(() => statSync(path).size > 10_000, { withinMs: 20_000 })
  renameSync(path, `${path}.1`)
  expect(await within(60_000, 'the writers', ends)).toEqual(NAMES.map(() => 'dropped 0\n'))
  expectEachOnce(countLines(folder))
}, 90_000)
