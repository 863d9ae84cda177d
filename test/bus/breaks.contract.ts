import { expect, test } from 'bun:test'
import { type Announcement, type Bus, topics } from '../../src/bus/bus.ts'
import { endAfter } from '../support/ending.ts'
import { eventually } from '../support/eventually.ts'
import { announcement } from './bus.contract.ts'

export type Listening<Opened extends Bus = Bus> = { bus: Opened; heard: Announcement[]; missed(): number }

/** Opens a bus and listens to what is appended. */
export async function listening<Opened extends Bus>(open: () => Promise<Opened>): Promise<Listening<Opened>> {
  const bus = await open()
  endAfter('test', () => bus.close())
  const heard: Announcement[] = []
  let missed = 0
  await bus.subscribe(topics.events, { deliver: (message) => void heard.push(message), missed: () => void (missed += 1) })
  return { bus, heard, missed: () => missed }
}

export type Break = {
  open(): Promise<Bus>
  /** Breaks what is between the workers, and mends it. */
  happen(): Promise<void>
  /** How long it may take afterwards until everything is as before. */
  withinMs: number
}

/** What every bus promises about a break in the midst of it: all subscribers are told, and hear what comes later, once. */
export function describeBreak(name: string, make: () => Promise<Break>): void {
  test(`${name}: everybody is told that messages may be missed, and hears what comes later`, async () => {
    const { open, happen, withinMs } = await make()
    const [anna, ben] = [await listening(open), await listening(open)]
    anna.bus.publish(topics.events, announcement(1))
    await eventually(() => anna.heard.length === 1 && ben.heard.length === 1)
    const before = [anna.missed(), ben.missed()]
    await happen()
    await eventually(() => anna.bus.isUp() && ben.bus.isUp(), { withinMs })
    await eventually(() => anna.missed() > (before[0] ?? 0) && ben.missed() > (before[1] ?? 0))
    const [fromAnna, fromBen] = [announcement(2), announcement(3, 'gemini')]
    anna.bus.publish(topics.events, fromAnna)
    ben.bus.publish(topics.events, fromBen)
    for (const { heard } of [anna, ben]) {
      const later = await eventually(() => heard.length >= 3 && heard.slice(1))
      expect(later.toSorted((one, other) => one.offset - other.offset)).toEqual([fromAnna, fromBen])
    }
  }, 60_000)
}
