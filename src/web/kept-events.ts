import { LogUnavailableError } from '../event-log/event-log.ts'
import type { KeptEventsProps } from '../../views/project/kept-events.tsx'
import type { WebDeps } from './env.ts'

/** What of a project's log is kept, and where it begins if something was removed. Without the log, only the rule is told. */
export async function keptEvents({ eventLog, settings }: WebDeps, project: string): Promise<KeptEventsProps> {
  const { days, events } = settings.retention
  try {
    const page = await eventLog.read(project, { after: 0, limit: 1 })
    return page.first > 1 ? { days, events, first: { offset: page.first, at: page.events[0]?.received_at } } : { days, events }
  } catch (error) {
    if (error instanceof LogUnavailableError) return { days, events }
    throw error
  }
}
