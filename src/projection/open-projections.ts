import { type Announcement, type Bus, topics } from '../bus/bus.ts'
import type { Registry } from '../domain/registry/project-registry.ts'
import type { EventLog } from '../event-log/event-log.ts'
import { GapDetector } from './gap-detector.ts'
import { openOutages, type Outages } from './outages.ts'
import { Projections } from './projections.ts'

type Deps = {
  eventLog: EventLog
  bus: Bus
  staleMinutes: number
  onError(error: unknown): void
  onOutage?(before: Outages, now: Outages): void
  tellRegistry?(registry: Registry): Promise<void>
  now?: () => number
  stateMemoryBytes?: number
}

export type OpenProjections = Awaited<ReturnType<typeof openProjections>>

/** Resolves when every project was read, or at once when the log is away; reading then follows when it is back. */
export async function openProjections(deps: Deps) {
  const { bus, onError, onOutage, now = Date.now } = deps
  const outages = openOutages({ now, onChange: (before) => onOutage?.(before, outages.current()) })
  const projections = new Projections({ ...deps, now, onUnavailable: () => check.suspect() })
  const check = new GapDetector({ ...deps, projections, outages })
  const missed = () => void check.run().catch(onError)
  const deliver = (announcement: Announcement) => {
    if (projections.deliver(announcement) === 'of another log') check.suspect()
  }
  const unsubscribe = await bus.subscribe(topics.events, { deliver, missed })
  await check.run()
  check.start()
  return {
    projections,
    outages: outages.current,
    isRead: () => check.isDone,
    catchUp: () => check.run(),
    suspect: () => check.suspect(),
    unanswered(project: string | undefined) {
      if (project !== undefined) outages.addUnreachable(project)
      check.suspect()
    },
    async close() {
      unsubscribe()
      check.close()
      await projections.close()
    },
  }
}
