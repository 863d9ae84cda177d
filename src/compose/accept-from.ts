import type { NewEvent } from '../domain/events/event.ts'
import { acceptEvents, type AcceptDeps, storeAndAnnounce } from '../ingest/accept/accept-events.ts'
import { openFlowObserver } from './observe-flow.ts'
import { openTooOldReports } from './too-old.ts'
import type { openFollowed } from './follow.ts'
import type { Telemetry } from './telemetry.ts'

type Parts = { deps: AcceptDeps; followed: Awaited<ReturnType<typeof openFollowed>>; telemetry: Telemetry }

/** The one way into the log, for each source of reports: traced and counted. */
export function openAccept({ deps, followed, telemetry }: Parts) {
  const { log, metrics, tracing, onError } = telemetry
  const note = (project: string, event: NewEvent) => storeAndAnnounce(deps, project, [event])
  const tellTooOld = openTooOldReports({ log, metrics, note, onError })
  const observeFlow = openFlowObserver({ ...followed, ...telemetry })
  return (source: string) => (project: string, events: readonly NewEvent[]) =>
    tracing.span(
      { name: 'report', isRoot: true, attributes: { 'visualizer.source': source, 'visualizer.events': events.length } },
      async () => {
        const stored = await acceptEvents(deps, project, events).catch(followed.suspectAfter)
        metrics.events.inc({ source }, stored.appended.length)
        metrics.duplicates.inc({ source }, stored.duplicates)
        if (stored.tooOld.length > 0) tellTooOld(source, stored)
        observeFlow(stored)
        return stored
      },
    )
}
