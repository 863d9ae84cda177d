import { PROJECTS_LOG } from '../domain/names.ts'
import type { WebDeps } from './env.ts'

/** Whether the event log answers now. */
export const isLogThere = (eventLog: WebDeps['eventLog']): Promise<boolean> =>
  eventLog.head(PROJECTS_LOG).then(
    () => true,
    () => false,
  )
