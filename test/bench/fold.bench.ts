import type { StoredEvent } from '../../src/domain/events/event.ts'
import { emptyProject, foldEvents } from '../../src/domain/project/project.ts'
import { generateHistory, stored } from '../support/histories.ts'
import { atMost, median } from './measure.ts'
import type { Bench } from './run.ts'

const EVENTS = 20_000
const BATCH = 250
const FOLDED_A_ROUND = 6_000
const [WARM_ROUNDS, ROUNDS] = [8, 30]
const AIM_US = 3

/** µs an event of each round: a project from its first event to its last, in batches as they are read from a log. */
function measure(events: readonly StoredEvent[]): number[] {
  const own = events.map((event, index) => ({ ...event, offset: index + 1 }))
  const batches = Array.from({ length: Math.ceil(own.length / BATCH) }, (_, index) => own.slice(index * BATCH, (index + 1) * BATCH))
  const repeats = Math.ceil(FOLDED_A_ROUND / own.length)
  const times: number[] = []
  for (let round = 0; round < WARM_ROUNDS + ROUNDS; round++) {
    const beganAt = performance.now()
    for (let repeat = 0; repeat < repeats; repeat++) batches.reduce((state, batch) => foldEvents(state, batch), emptyProject())
    if (round >= WARM_ROUNDS) times.push(((performance.now() - beganAt) * 1_000) / own.length / repeats)
  }
  return times
}

export const fold: Bench = {
  name: 'fold',
  run() {
    const events = stored(generateHistory({ count: EVENTS }))
    const all = measure(events)
    const byType = Map.groupBy(events, ({ type }) => type)
    const rows = [...byType].map(([type, list]): [string, number, number[]] => [type, list.length, measure(list)])
    return Promise.resolve([
      {
        title: `Folding ${EVENTS.toLocaleString('en')} events of a busy project in batches of ${BATCH}, ${ROUNDS} rounds`,
        columns: ['events', 'number', 'least µs an event', 'p50 µs', 'aim'],
        rows: [
          ['all types', EVENTS, Math.min(...all), median(all), atMost(median(all), AIM_US, 'µs')],
          ...rows.map(([type, count, times]) => [type, count, Math.min(...times), median(times), '']),
        ],
      },
    ])
  },
}
