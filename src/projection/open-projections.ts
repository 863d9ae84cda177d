import type { Announcement, Bus } from '../bus/bus.ts'
import { topics } from '../bus/topics.ts'
import type { Registry } from '../domain/registry/project-registry.ts'
import type { EventLog } from '../event-log/event-log.ts'
import { HeadCheck } from './head-check.ts'
import { openOutages, type Outages } from './outages.ts'
import { Projections } from './projections.ts'

type Deps = {
  eventLog: EventLog
  bus: Bus
  staleMinutes: number
  onError(error: unknown): void
  /** Told whenever something went away or came back. */
  onOutage?(before: Outages, now: Outages): void
  /** Tells the registry what the configuration says: after its first reading, and again when its log is another one. */
  tellRegistry?(registry: Registry): Promise<void>
  now?: () => number
  stateMemoryBytes?: number
}

export type OpenProjections = {
  projections: Projections
  outages(): Outages
  /** True once every project that can be reached was read. */
  isRead(): boolean
  /** Looks now for what was not announced. */
  catchUp(): Promise<void>
  /** Something failed that only an absent log explains: looks soon whether it is there. */
  suspect(): void
  /** The log gave no answer that the page of a project needs: it is away until a look finds it. */
  unanswered(project: string | undefined): void
  close(): Promise<void>
}

/** Resolves when every project is known as the log has it; or, with the log away, knowing nothing until it is there. */
export async function openProjections(deps: Deps): Promise<OpenProjections> {
  const { bus, onError, onOutage, now = Date.now } = deps
  const outages = openOutages({ now, onChange: (before) => onOutage?.(before, outages.current()) })
  const projections = new Projections({ ...deps, now, onUnavailable: () => check.suspect() })
  const check = new HeadCheck({ ...deps, projections, outages })
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
    unanswered(project) {
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
