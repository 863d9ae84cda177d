import { expect, test } from 'bun:test'
import { join } from 'node:path'
import type { Announcement, Bus } from '../../src/bus/bus.ts'
import { type BusMessage, openIpcBus, type WorkerChannel } from '../../src/bus/ipc.ts'
import { openRelay, type Relay } from '../../src/bus/relay.ts'
import { spawnWorker } from '../../src/cluster/spawn-worker.ts'
import { endAfter } from '../support/ending.ts'
import { eventually } from '../support/eventually.ts'
import { describeBus } from './bus.contract.ts'

const program = (name: string) => [process.execPath, join(import.meta.dir, name)]

/** A bus whose supervisor is another process. */
function openSupervised(onError?: (error: unknown) => void) {
  let listener: ((message: BusMessage) => void) | undefined
  let isOpen = true
  const child = Bun.spawn(program('relay-program.ts'), {
    stdio: ['ignore', 'inherit', 'inherit'],
    ipc: (message: BusMessage) => listener?.(message),
    onDisconnect: () => void (isOpen = false),
  })
  endAfter('test', () => child.kill('SIGKILL'))
  const channel: WorkerChannel = {
    send: (message) => void child.send(message),
    listen: (to) => void (listener = to),
    isOpen: () => isOpen,
  }
  return { bus: openIpcBus({ channel, ...(onError && { onError }) }), child }
}

describeBus('IPC', async (onError) => openSupervised(onError).bus)

test('without its supervisor a bus is not up, and reaches its own worker all the same', async () => {
  const { bus, child } = openSupervised()
  expect(bus.isUp()).toBe(true)
  child.kill('SIGKILL')
  await eventually(() => !bus.isUp())
  const heard: number[] = []
  await bus.subscribe('news', { deliver: ({ offset }) => void heard.push(offset), missed: () => undefined })
  bus.publish('news', news(1, ''))
  await eventually(() => heard.length === 1)
})

const news = (offset: number, text: string): Announcement => ({
  ...{ project: 'apollo', epoch: 'abcd1234', offset },
  events: [{ type: 'chat_message', id: `e${offset}`, offset, received_at: 1, message: text } as never],
})

/** The bus of a worker that is this very process. */
function joinHere(relay: Relay): Bus {
  let listener: ((message: BusMessage) => void) | undefined
  const end = relay.join((message) => listener?.(message))
  return openIpcBus({ channel: { send: (message) => end.receive(message), listen: (to) => void (listener = to), isOpen: () => true } })
}

/** Two workers that are processes of their own, and what each said last of itself. */
async function startListeners(limitBytes: number) {
  const relay = openRelay({ limitBytes })
  const bus = joinHere(relay)
  const told = new Map<string, { heard: number; missed: number }>()
  const missedHere: number[] = []
  await bus.subscribe('told', {
    deliver: ({ project, epoch, offset }) => void told.set(project, { heard: offset, missed: Number(epoch) }),
    missed: () => void missedHere.push(1),
  })
  const workers = ['anna', 'ben'].map((name) => {
    const worker = spawnWorker({
      command: program('listening-worker.ts'),
      name,
      onMessage: (message) => message.type === 'bus' && end.receive(message.message),
    })
    const end = relay.join((message) => worker.send({ type: 'bus', message }))
    endAfter('test', worker.kill)
    worker.send({ type: 'start', start: { name, config: '', port: 0, report: undefined, now: Date.now() } })
    return worker
  })
  await eventually(() => told.size === 2, { withinMs: 20_000 })
  return { bus, told, workers }
}

async function publishTo(bus: Bus, count: number, bytes: number) {
  for (let offset = 1; offset <= count; offset++) {
    bus.publish('news', news(offset, 'x'.repeat(bytes)))
    await new Promise(setImmediate)
  }
}

test('workers that are processes hear each message once', async () => {
  const { bus, told } = await startListeners(16 * 1024 * 1024)
  await publishTo(bus, 500, 10)
  await eventually(() => {
    bus.publish('ask', news(0, ''))
    return [...told.values()].every(({ heard }) => heard >= 500)
  })
  expect([...told.entries()].toSorted()).toEqual([
    ['anna', { heard: 500, missed: 0 }],
    ['ben', { heard: 500, missed: 0 }],
  ])
}, 60_000)

test('a worker that stops is sent no more than its credit, and told that it missed something', async () => {
  const { bus, told, workers } = await startListeners(1024 * 1024)
  process.kill(workers[0]!.pid, 'SIGSTOP')
  // The other one keeps up: it is asked before its credit could be used up.
  for (let part = 1; part <= 8; part++) {
    await publishTo(bus, 10, 50_000)
    await eventually(() => {
      bus.publish('ask', news(0, ''))
      return told.get('ben')?.heard === part * 10
    })
  }
  expect(told.get('ben')).toEqual({ heard: 80, missed: 0 })
  process.kill(workers[0]!.pid, 'SIGCONT')
  await eventually(() => (told.get('anna')?.missed ?? 0) > 0, { withinMs: 10_000 })
  const { heard = 0, missed } = told.get('anna') ?? {}
  expect(missed).toBe(1)
  expect(heard).toBeWithin(10, 25)
  await publishTo(bus, 1, 10)
  await eventually(() => {
    bus.publish('ask', news(0, ''))
    return told.get('anna')?.heard === heard + 1
  })
}, 60_000)
