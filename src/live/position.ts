import { FOLD_VERSION } from '../domain/project/project.ts'
import type { ProjectView } from '../projection/projections.ts'

/** Where a page of a project stands: what it was rendered at, and where its socket resumes. */
export const positionOf = ({ epoch, state }: ProjectView): string => `${epoch}:${state.offset}`

/**
 * What a page of a project is made from, whatever number it stands at: which log, and what was made of its events. Changes are sent
 * to who shows the same; a page that was made from something else gets all of it.
 */
export const madeFrom = ({ epoch }: ProjectView): string => `${epoch}.${FOLD_VERSION}`

/** A position that is none has an offset that compares with nothing. */
export function readSince(since = ''): { epoch: string | undefined; offset: number } {
  const [epoch, offset] = since.split(':')
  return { epoch, offset: offset === undefined || offset === '' ? Number.NaN : Number(offset) }
}

/** A position that this log has; none for another log's, or one beyond the head: whoever stands there has nothing of this page. */
export function ownPosition(since: string, { epoch, state }: ProjectView): string {
  const from = readSince(since)
  return from.epoch === epoch && from.offset <= state.offset ? since : ''
}

/**
 * Which rows of a list a viewer misses who stands at a position, as a name: the same for all whose lists are replaced, because they come
 * from elsewhere or were away for longer than what is at hand.
 */
export function missedRows(view: ProjectView, since: string): string {
  const own = ownPosition(since, view)
  if (own === '') return 'all'
  return readSince(own).offset + 1 < (view.recent[0]?.offset ?? 1) ? 'gap' : own
}

/** How many events came after a position of this log; none are known to be new after another log's. */
export function eventsAfter(since: string, { epoch, state }: ProjectView): number {
  const from = readSince(since)
  return from.epoch === epoch && from.offset <= state.offset ? state.offset - from.offset : 0
}

/** Whether a page was rendered from a later state, or from another log: another worker may have been ahead. */
function isAhead(since: string | undefined, { epoch, state }: ProjectView): boolean {
  const from = readSince(since)
  return since !== undefined && (from.epoch !== epoch || from.offset > state.offset)
}

/** What a page of one project tells of where it stands. */
export const standing = (view: () => ProjectView) => ({
  isBehind: (since: string | undefined) => isAhead(since, view()),
  position: () => positionOf(view()),
  made: () => madeFrom(view()),
})
