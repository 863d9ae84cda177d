import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'bun:test'
import { endAfter, temporaryFolder } from '../support/ending.ts'
import { within } from '../support/eventually.ts'

/** Reads nothing of the program's output before something is written into the named pipe. */
const LATE_READER = '"$0" "$1" | { read -r go < "$2"; cat; }'

test('a standard output that nobody reads takes 4 MiB of memory and no more; whole lines of it arrive when somebody does', async () => {
  const gate = join(temporaryFolder(), 'gate')
  Bun.spawnSync(['mkfifo', gate])
  const argv = ['sh', '-c', LATE_READER, process.execPath, join(import.meta.dir, 'unread-output.ts'), gate]
  const child = Bun.spawn(argv, { stdout: 'pipe', stderr: 'pipe' })
  endAfter('test', () => child.kill('SIGKILL'))
  const { value } = await within(20_000, 'the report', child.stderr.getReader().read())
  const [, dropped, rss] = /dropped (\d+) rss (\d+)/.exec(new TextDecoder().decode(value)) ?? []
  writeFileSync(gate, 'go\n')
  const lines = (await within(20_000, 'the output', new Response(child.stdout).text())).trimEnd().split('\n')
  expect(lines.length + Number(dropped)).toBe(40_000)
  expect(lines.length).toBeLessThan(6_000)
  expect(lines.filter((line) => !/^\d+ x{1000}$/.test(line))).toEqual([])
  expect(Number(rss)).toBeLessThan(150 * 1024 * 1024)
})
