import type { NewEvent, StoredEvent } from '../../domain/events/event.ts'
import { foldEvents } from '../../domain/project/project.ts'
import type { ProjectState } from '../../domain/project/project-state.ts'
import type { Frame } from '../orchestrator/frame.ts'
import { type KnownState, translateFrame } from '../orchestrator/translate-frame.ts'
import type { LinkScope } from '../orchestrator/link-scope.ts'
import { RefusedError } from '../../domain/refused.ts'

export type WholeStates = {
  expand(frame: Frame): Promise<NewEvent[]>
  add(event: NewEvent): void
}

/** Reads the project once, at the first whole state of a report. Histories change nothing and are not folded in. */
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
    add: (event) => void pending.push(event),
  }
}

function numberedAfter({ offset, lastEventAt }: ProjectState, events: readonly NewEvent[]): StoredEvent[] {
  const received_at = Math.max(Date.now(), lastEventAt ?? 0)
  return events.map((event, index) => ({ ...event, offset: offset + index + 1, received_at }))
}

/** Translates a whole state reported over HTTP; ignores other projects' cycles and refuses any other fault. */
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
