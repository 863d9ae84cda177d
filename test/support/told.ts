import type { NewEvent, StoredEvent } from '../../src/domain/events/event.ts'
import { emptyProject, foldEvents } from '../../src/domain/project/project.ts'
import type { ProjectState } from '../../src/domain/project/project-state.ts'

export const T0 = Date.UTC(2026, 10, 23, 20, 30)
export const MINUTE = 60_000

type Fields = { type: string; at?: number } & Record<string, unknown>

/** The state after these reports, one a second from T0 unless they say `at`; goes on from `state` where given. */
export function told(reports: readonly Fields[], state: ProjectState = emptyProject()): ProjectState {
  return foldEvents(state, numbered(reports, state))
}

/** The same reports as a log would return them. */
export function numbered(reports: readonly Fields[], { offset, lastEventAt }: Pick<ProjectState, 'offset' | 'lastEventAt'>): StoredEvent[] {
  let last = lastEventAt ?? T0 - 1000
  return reports.map(({ at, ...fields }, index) => {
    last = at ?? last + 1000
    const event = { ...fields, id: `event-${offset + index + 1}` } as unknown as NewEvent
    return { ...event, offset: offset + index + 1, received_at: last }
  })
}
