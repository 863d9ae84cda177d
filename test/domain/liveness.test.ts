import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { attentionAt } from '../../src/domain/summary/attention.ts'
import { emptyProject, foldEvents } from '../../src/domain/project/project.ts'
import type { Cycle, ProjectState } from '../../src/domain/project/project-state.ts'
import { agentsAtWork, cycleLiveness, openCycles } from '../../src/domain/summary/liveness.ts'
import { historyArbitrary } from '../support/histories.ts'
import { isOpenCycle } from '../../src/domain/project/tdd-machine.ts'

const STALE_MINUTES = 10

/** The same said plainly: every agent is asked of every cycle. */
function plainHeardAt({ agents, parallel }: ProjectState, { storyId, lastEventAt }: Cycle): number {
  const told = [...agents.values()].filter((agent) => agent.storyId === storyId).map((agent) => agent.lastEventAt)
  return Math.max(lastEventAt, parallel?.at ?? 0, ...told)
}

test('what is found at work is what a look at every agent and cycle finds, after every event', () => {
  fc.assert(
    fc.property(historyArbitrary(), (events) => {
      let state = emptyProject()
      for (const event of events) {
        state = foldEvents(state, [event])
        const agents = [...state.agents.values()]
        const { working, waiting } = agentsAtWork(state.agents)
        expect([...working]).toEqual(agents.filter(({ status }) => status === 'working'))
        expect(waiting).toBe(agents.find(({ status }) => status === 'waiting'))
        expect([...openCycles(state.cycles)]).toEqual([...state.cycles.values()].filter(isOpenCycle))
        for (const cycle of state.cycles.values()) {
          const heardAt = plainHeardAt(state, cycle)
          expect(cycleLiveness(state, cycle, STALE_MINUTES)).toMatchObject({ heardAt, quietAt: heardAt + STALE_MINUTES * 60_000 })
        }
      }
    }),
    { numRuns: 60 },
  )
})

test('a word does not depend on how often it was asked for, or of what', () => {
  fc.assert(
    fc.property(historyArbitrary(), fc.nat(3_600_000), (events, later) => {
      let asked = emptyProject()
      for (const event of events) {
        asked = foldEvents(asked, [event])
        attentionAt(asked, event.received_at, { staleMinutes: STALE_MINUTES })
      }
      const now = (events.at(-1)?.received_at ?? 0) + later
      const once = foldEvents(emptyProject(), events)
      expect(attentionAt(asked, now, { staleMinutes: STALE_MINUTES })).toEqual(attentionAt(once, now, { staleMinutes: STALE_MINUTES }))
    }),
    { numRuns: 60 },
  )
})
