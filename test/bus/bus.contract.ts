import { beforeEach, describe, expect, test } from 'bun:test'
import { type Announcement, type Bus, type Subscriber, topics } from '../../src/bus/bus.ts'
import { endAfter } from '../support/ending.ts'
import { eventually } from '../support/eventually.ts'

type Recorder = Subscriber & { heard: Announcement[] }

function recorder(): Recorder {
  const heard: Announcement[] = []
  return { heard, deliver: (message) => void heard.push(message), missed: () => {} }
}

/** Something that was appended. */
export function announcement(offset: number, project = 'apollo'): Announcement {
  const id = `e${offset}`
  return { project, epoch: 'abcd1234', offset, events: [{ type: 'x-test', id, offset, received_at: 1_700_000_000_000 + offset }] }
}

let bus: Bus
let problems: unknown[]

const heardBy = (who: Recorder, count: number) => eventually(() => who.heard.length >= count)

/** What every bus promises. `open` gives a bus of its own each time; what subscribers throw goes to `onError`. */
export function describeBus(name: string, open: (onError: (error: unknown) => void) => Promise<Bus>): void {
  describe(`${name} bus`, () => {
    beforeEach(async () => {
      problems = []
      bus = await open((error) => problems.push(error))
      endAfter('test', () => bus.close())
    })

    describe('delivery', describeDelivery)
    describe('a subscriber', describeSubscribers)
    describe('who comes and goes', describeLeaving)
    describe('its end', describeEnd)
  })
}

function describeDelivery() {
  test('delivers to every subscriber of a topic, and to nobody else', async () => {
    const [anna, ben, stranger] = [recorder(), recorder(), recorder()]
    await bus.subscribe(topics.events, anna)
    await bus.subscribe(topics.events, ben)
    await bus.subscribe('another', stranger)
    bus.publish(topics.events, announcement(1))
    bus.publish('another', announcement(2))
    await Promise.all([heardBy(anna, 1), heardBy(ben, 1), heardBy(stranger, 1)])
    expect(anna.heard).toEqual([announcement(1)])
    expect(ben.heard).toEqual([announcement(1)])
    expect(stranger.heard).toEqual([announcement(2)])
  })

  test('delivers each message once, those of a project in the order in which they were published', async () => {
    const anna = recorder()
    await bus.subscribe(topics.events, anna)
    for (let offset = 1; offset <= 2_000; offset += 1) {
      bus.publish(topics.events, announcement(offset, `project-${offset % 3}`))
      if (offset % 100 === 0) await new Promise(setImmediate)
    }
    await heardBy(anna, 2_000)
    const all = Array.from({ length: 2_000 }, (_, index) => index + 1)
    for (const third of [0, 1, 2]) {
      const heard = anna.heard.filter(({ project }) => project === `project-${third}`)
      expect(heard.map(({ offset }) => offset)).toEqual(all.filter((offset) => offset % 3 === third))
    }
    expect(anna.heard).toHaveLength(2_000)
  })

  test('never delivers inside the call that publishes, nor in what follows it at once', async () => {
    const anna = recorder()
    await bus.subscribe(topics.events, anna)
    bus.publish(topics.events, announcement(1))
    expect(anna.heard).toEqual([])
    await heardBy(anna, 1)
  })
}

function describeSubscribers() {
  test('a subscriber may publish: its message comes after those that were there', async () => {
    const anna = recorder()
    await bus.subscribe(topics.events, {
      deliver: ({ offset }) => offset === 1 && bus.publish(topics.events, announcement(10)),
      missed: () => {},
    })
    await bus.subscribe(topics.events, anna)
    bus.publish(topics.events, announcement(1))
    bus.publish(topics.events, announcement(2))
    await heardBy(anna, 3)
    expect(anna.heard.map(({ offset }) => offset)).toEqual([1, 2, 10])
  })

  test('a subscriber that throws is told of, and harms neither the others nor what comes later', async () => {
    const anna = recorder()
    const failing = {
      deliver: () => {
        throw new Error('a broken page')
      },
      missed: () => {},
    }
    await bus.subscribe(topics.events, failing)
    await bus.subscribe(topics.events, anna)
    bus.publish(topics.events, announcement(1))
    bus.publish(topics.events, announcement(2))
    await heardBy(anna, 2)
    expect(problems.map(String)).toEqual(['Error: a broken page', 'Error: a broken page'])
  })
}

function describeLeaving() {
  test('who has unsubscribed hears nothing more, even of what was on its way', async () => {
    const [anna, ben] = [recorder(), recorder()]
    const leave = await bus.subscribe(topics.events, anna)
    await bus.subscribe(topics.events, ben)
    bus.publish(topics.events, announcement(1))
    leave()
    leave()
    bus.publish(topics.events, announcement(2))
    await heardBy(ben, 2)
    expect(anna.heard).toEqual([])
  })

  test('who leaves a topic and comes back hears again', async () => {
    const anna = recorder()
    const leave = await bus.subscribe(topics.events, anna)
    leave()
    await bus.subscribe(topics.events, anna)
    leave()
    bus.publish(topics.events, announcement(1))
    await heardBy(anna, 1)
    expect(anna.heard).toHaveLength(1)
  })

  test('a subscriber may leave, or others may join, while a message is delivered', async () => {
    const [anna, ben] = [recorder(), recorder()]
    const leave = await bus.subscribe(topics.events, {
      deliver: () => leave(),
      missed: () => {},
    })
    await bus.subscribe(topics.events, anna)
    bus.publish(topics.events, announcement(1))
    await heardBy(anna, 1)
    await bus.subscribe(topics.events, ben)
    bus.publish(topics.events, announcement(2))
    await heardBy(ben, 1)
    expect(anna.heard.map(({ offset }) => offset)).toEqual([1, 2])
    expect(ben.heard.map(({ offset }) => offset)).toEqual([2])
    expect(problems).toEqual([])
  })
}

function describeEnd() {
  test('is up once it can be heard, and not any more when it is closed', async () => {
    await eventually(() => bus.isUp())
    await bus.close()
    expect(bus.isUp()).toBe(false)
  })

  test('once closed, publishing is silent, nobody hears, and nobody may subscribe', async () => {
    const anna = recorder()
    await bus.subscribe(topics.events, anna)
    await bus.close()
    bus.publish(topics.events, announcement(1))
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate)
    expect(anna.heard).toEqual([])
    await expect(bus.subscribe(topics.events, anna)).rejects.toThrow('closed')
    await bus.close()
  })
}
