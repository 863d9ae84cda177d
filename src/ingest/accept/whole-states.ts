import type { NewEvent, StoredEvent } from '../../domain/events/event.ts'
import { foldEvents } from '../../domain/project/project.ts'
import type { ProjectState } from '../../domain/project/project-state.ts'
import type { Frame } from '../orchestrator/frame.ts'
import { type KnownState, translateFrame } from '../orchestrator/translate-frame.ts'
import type { LinkScope } from '../orchestrator/link-scope.ts'
import { RefusedError } from '../../domain/refused.ts'

/** Reads the whole states of one report; each sees what comes before it in the same report. */
export type WholeStates = {
  /** The events that a whole state stands for, compared with what is known and with what was told before. */
  expand(frame: Frame): Promise<NewEvent[]>
  /** An event of the same report. */
  told(event: NewEvent): void
}

/**
 * `read` is asked once, at the first whole state: a report of many costs one look at the project. A history is told again and again and
 * moves nothing on: it is not counted in.
 */
export function openWholeStates(project: string, read: () => Promise<ProjectState>): WholeStates {
  let known: ProjectState | undefined
  const pending: NewEvent[] = []

  return {
    async expand(frame) {
      known ??= await read()
      known = foldEvents(known, numberedAfter(known, pending.splice(0)))
      const events = expandFrame(project, frame, known)
      if (frame.type !== 'transition_history') pending.push(...events)
      return events
    },
    told: (event) => void pending.push(event),
  }
}

/** As the log will number them, if nothing comes in between. */
function numberedAfter({ offset, lastEventAt }: ProjectState, events: readonly NewEvent[]): StoredEvent[] {
  const received_at = Math.max(Date.now(), lastEventAt ?? 0)
  return events.map((event, index) => ({ ...event, offset: offset + index + 1, received_at }))
}

/**
 * The events that a `current_state` or `transition_history` reported over HTTP for one project stands for. Whole states may
 * speak of other projects too: those cycles are for other reports. Anything else that does not fit refuses the whole frame.
 */
export function expandFrame(project: string, frame: Frame, known: KnownState): NewEvent[] {
  const scope: LinkScope = { name: 'http', projects: [project], offsetMs: undefined }
  const { events, dropped, refused } = translateFrame(frame, scope, () => known)
  const [first] = refused
  if (first !== undefined) throw new RefusedError('VALIDATION_ERROR', `${frame.type}: ${first.problem}`)
  if (dropped.length > 0 && frame.type === 'transition_history') {
    throw new RefusedError('VALIDATION_ERROR', `transition_history names the project ${dropped[0]}, but was reported for ${project}`)
  }
  return events.map(({ event }) => event)
}
