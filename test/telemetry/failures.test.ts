import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openTelemetry } from '../../src/compose/telemetry.ts'
import { loaded } from '../config/support.ts'
import { temporaryFolder } from '../support/ending.ts'

test('what fails outside of requests again and again is a line, and one that counts the rest; each is in the figures', async () => {
  const folder = temporaryFolder()
  const config = loaded({ env: { LOG_FILE: join(folder, 'records.log'), LOG_LEVEL: 'warn' } })
  const { onError, metrics, close } = await openTelemetry(config, undefined)
  for (let times = 0; times < 50; times += 1) onError(new TypeError('no such place'))
  onError(new RangeError('another fault'))
  await close()
  const lines = readFileSync(join(folder, 'records.log'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { error: string; times_more?: number })
  expect(lines.map(({ error, times_more }) => [error.split('\n')[0], times_more])).toEqual([
    ['TypeError: no such place', undefined],
    ['RangeError: another fault', undefined],
    ['TypeError: no such place', 49],
  ])
  expect(await metrics.render()).toMatch(/^errors_total(\{\})? 51$/m)
})
