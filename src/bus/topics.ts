/** Every topic of the bus, so that no name is written twice. */
export const topics = {
  /**
   * What was appended to any project's log, `_projects` included. One topic for all of them, because every worker keeps a
   * summary of every project and so has to hear everything.
   */
  events: 'events',
} as const
