import { expect } from 'bun:test'
import { join } from 'node:path'
import type { EventLog } from '../../src/event-log/event-log.ts'
import { endAfter } from '../support/ending.ts'
import { eventually } from '../support/eventually.ts'
import { ids, offsets, oneTo, readAll } from './log-events.ts'

const WRITER = join(import.meta.dir, 'appending-writer.ts')

/** What was answered: `project offset` → id. */
export type Acknowledged = Map<string, string>

/** Starts a program that appends to the named log; `firstLine` is when it began to acknowledge. */
export function startWriter(name: string, prefix: string) {
  const child = Bun.spawn([process.execPath, WRITER, name, prefix], { stdio: ['ignore', 'pipe', 'inherit'] })
  endAfter('test', () => child.kill('SIGKILL'))
  const first = Promise.withResolvers<void>()
  let lines = 0
  async function collect() {
    const decoder = new TextDecoder()
    let text = ''
    for await (const bytes of child.stdout) {
      const part = decoder.decode(bytes, { stream: true })
      text += part
      lines += part.split('\n').length - 1
      first.resolve()
    }
    first.resolve()
    // A line that was cut was not read whole by anybody.
    return text.slice(0, text.lastIndexOf('\n') + 1)
  }
  const output = collect()
  /** Kills it, and gives back what it had acknowledged; it must have been alive until then. */
  async function kill(): Promise<string> {
    child.kill('SIGKILL')
    await child.exited
    expect(child.signalCode).toBe('SIGKILL')
    return output
  }
  return { firstLine: first.promise, /** Events acknowledged so far. */ count: () => lines, kill }
}

/** Adds what a writer had acknowledged; gives back how many events that were. */
export function note(acknowledged: Acknowledged, output: string): number {
  const lines = output.split('\n').filter(Boolean)
  for (const line of lines) {
    const [project = '', offset = '', id = ''] = line.split(' ')
    const place = `${project} ${offset}`
    expect(acknowledged.has(place)).toBe(false)
    acknowledged.set(place, id)
  }
  return lines.length
}

/** Everything acknowledged is there once, where it was said to be; no hole, nothing twice. */
export async function expectKept(log: EventLog, acknowledged: Acknowledged): Promise<void> {
  const missing = new Map(acknowledged)
  for (const [project, head] of await log.heads()) {
    // What nobody waited for any more may still be stored meanwhile.
    const all = await eventually(async () => {
      const read = await readAll(log, project)
      return (await log.head(project)).offset === read.length && read
    })
    expect(all.length).toBeGreaterThanOrEqual(head.offset)
    expect(offsets(all)).toEqual(oneTo(all.length))
    expect(new Set(ids(all)).size).toBe(all.length)
    for (const { offset, id } of all) {
      const place = `${project} ${offset}`
      if (missing.get(place) === id) missing.delete(place)
    }
  }
  expect([...missing].slice(0, 5)).toEqual([])
}
