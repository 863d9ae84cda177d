import { expect, test } from 'bun:test'
import { createLogger } from '../../src/telemetry/logger.ts'
import { eventually } from '../support/eventually.ts'
import { startServer } from '../support/server.ts'

function linesOf(format: 'json' | 'detailed', message: string, fields?: Record<string, unknown>): string[] {
  const written: string[] = []
  createLogger({ level: 'info', outputs: [{ format, write: (line) => void written.push(line) }] }).error(message, fields)
  return written.join('').trimEnd().split('\n')
}

test('security 37: nothing that was reported begins a record of its own, or moves the cursor of a terminal', () => {
  const forged = 'a\n2026-11-24T00:00:00.000Z ERROR forged \u001b[31m\u009b31m\u2028'
  for (const lines of [linesOf('detailed', forged, { topic: forged }), linesOf('detailed', 'failed', { error: new Error(forged) })]) {
    expect(lines.filter((line) => /^\S/.test(line))).toHaveLength(1)
    expect(lines.join('')).not.toMatch(/[\u001b\u009b\u2028]/)
  }
  expect(linesOf('json', forged, { error: new Error(forged) })).toHaveLength(1)
})

test('security 37: an address that was asked for stays in its line', async () => {
  const server = await startServer()
  await fetch(`${server.url}/x%0a2026-11-24T00:00:00.000Z%20ERROR%20forged`)
  await eventually(() => server.logs().includes('forged'))
  expect(server.logs()).not.toMatch(/^\S+ ERROR/m)
})
