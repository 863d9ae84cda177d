import { describe, expect, test } from 'bun:test'
import { clockOffset, parseStatedTime, placeStatedTime } from '../../src/domain/events/stated-time.ts'

const HOUR = 3_600_000

describe('a time that a reporter states', () => {
  test.each([
    ['2026-11-23T20:30:47.032322', '2026-11-23T20:30:47.032Z', false],
    ['2026-11-23 20:30:47.032322', '2026-11-23T20:30:47.032Z', false],
    ['2026-11-23T20:30:47Z', '2026-11-23T20:30:47.000Z', true],
    ['2026-11-23T20:30:47.5+01:00', '2026-11-23T19:30:47.500Z', true],
    ['2026-11-23T20:30:47-0330', '2026-11-24T00:00:47.000Z', true],
    ['2026-11-23T23:59:59.999999', '2026-11-23T23:59:59.999Z', false],
    ['2026-11-23t20:30z', '2026-11-23T20:30:00.000Z', true],
    ['2024-02-29T00:00:00', '2024-02-29T00:00:00.000Z', false],
  ])('%s is read', (text, iso, isZoned) => {
    expect(parseStatedTime(text)).toEqual({ ms: Date.parse(iso), isZoned })
  })

  test.each([
    ...['', 'yesterday', '2026-11-23', '20:30', '2026-13-01T00:00:00', '2026-02-29T00:00:00', '2026-11-23T24:00:00'],
    ...[
      '2026-11-23T20:60:00',
      '2026-00-10T00:00:00',
      '2026-01-00T00:00:00',
      '2026-11-23T20:30:47+25:00',
      '2026-11-23T20:30:47 Europe/Berlin',
      '1790000000',
    ],
  ])('%p is refused', (text) => {
    expect(parseStatedTime(text)).toBeUndefined()
  })

  test('is placed with the offset of its clock, unless it has a zone', () => {
    expect(placeStatedTime('2026-11-23T20:30:00', -HOUR)).toBe(Date.parse('2026-11-23T19:30:00Z'))
    expect(placeStatedTime('2026-11-23T20:30:00Z', -HOUR)).toBe(Date.parse('2026-11-23T20:30:00Z'))
    expect(placeStatedTime('2026-11-23T20:30:00', undefined)).toBeUndefined()
  })

  test('tells the offset of its clock to a quarter of an hour', () => {
    const stated = parseStatedTime('2026-11-23T20:30:00.5') ?? { ms: 0, isZoned: true }
    expect(clockOffset(Date.parse('2026-11-23T19:30:02Z'), stated)).toBe(-HOUR)
    expect(clockOffset(Date.parse('2026-11-24T02:14:40Z'), stated)).toBe(5.75 * HOUR)
    expect(clockOffset(Date.parse('2026-11-25T20:30:00Z'), stated)).toBeUndefined()
  })

  test('does not depend on the zone of the server', () => {
    const script = `import { parseStatedTime } from ${JSON.stringify(new URL('../../src/domain/events/stated-time.ts', import.meta.url).pathname)}
      console.log(parseStatedTime('2026-07-01T12:00:00').ms)`
    const run = (zone: string) => Bun.spawnSync([process.execPath, '-e', script], { env: { TZ: zone } }).stdout.toString()
    expect(run('Asia/Kathmandu')).toBe(run('UTC'))
  })
})
