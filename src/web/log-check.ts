import { PROJECTS_LOG } from '../domain/events/names.ts'
import type { EventLog } from '../event-log/event-log.ts'

/** Whether the event log answers now; of a log on several servers, whether any of them does: one must not empty the load balancer. */
export const isLogThere = (eventLog: Pick<EventLog, 'head' | 'heads'>): Promise<boolean> =>
  eventLog
    .head(PROJECTS_LOG)
    .catch(() => eventLog.heads())
    .then(
      () => true,
      () => false,
    )
