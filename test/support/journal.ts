import { join } from 'node:path'
import type { NewEvent, StoredEvent } from '../../src/domain/events/event.ts'
import { emptyProject, foldEvents } from '../../src/domain/project/project.ts'
import type { ProjectState } from '../../src/domain/project/project-state.ts'
import { LogUnavailableError } from '../../src/event-log/event-log.ts'
import { openSqliteLog } from '../../src/event-log/sqlite/sqlite.ts'
import { endAfter, temporaryFolder } from './ending.ts'

/** What links store into: a real event log, its folds, and a way to wait for what arrives there. It ends with the test. */
export async function openJournal() {
  const eventLog = await openSqliteLog({ file: join(temporaryFolder(), 'events.sqlite') })
  endAfter('test', () => eventLog.close())
  const events = new Map<string, StoredEvent[]>()
  let isAway = false
  let refusals = 0
  let waiters: { until: () => boolean; resolve: () => void }[] = []

  const eventsOf = (project: string) => events.get(project) ?? []

  function progressed() {
    for (const { resolve } of waiters.filter(({ until }) => until())) resolve()
    waiters = waiters.filter(({ until }) => !until())
  }

  function refused(): LogUnavailableError {
    refusals++
    progressed()
    return new LogUnavailableError('the disk is away')
  }

  return {
    /** While away, everything is answered as by an engine that cannot be reached. */
    away(away: boolean) {
      isAway = away
    },
    async accept(project: string, reported: readonly NewEvent[]) {
      if (isAway) throw refused()
      const { appended } = await eventLog.append(project, reported)
      events.set(project, [...eventsOf(project), ...appended])
      progressed()
      return { tooOld: [] }
    },
    /** Calls that were answered with being away. */
    refusals: () => refusals,
    async stateOf(project: string): Promise<ProjectState> {
      if (isAway) throw refused()
      return foldEvents(emptyProject(), eventsOf(project))
    },
    events: eventsOf,
    projects: () => [...events.keys()].toSorted(),
    /** States that a story's cycle took, one after the other, as stored. */
    steps: (project: string, story: string) =>
      eventsOf(project).flatMap((event) => (event.type === 'tdd_transition' && event.story_id === story ? [event.new_state] : [])),
    until(condition: () => boolean): Promise<void> {
      if (condition()) return Promise.resolve()
      return new Promise((resolve) => void waiters.push({ until: condition, resolve }))
    },
  }
}

export type Journal = Awaited<ReturnType<typeof openJournal>>
