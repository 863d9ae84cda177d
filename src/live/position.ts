import { NO_RIGHTS, type Rights, rightsCode } from '../auth/rights.ts'
import { FOLD_VERSION } from '../domain/project/project.ts'
import type { ProjectView } from '../projection/projections.ts'

/** The position of a page, from which its socket resumes. */
export const positionOf = ({ epoch, state }: ProjectView): string => `${epoch}:${state.offset}`

/** Names the epoch, the fold and the rights that a page was made from; a page made from others gets everything again. */
export function madeFrom({ epoch }: ProjectView, rights: Rights = NO_RIGHTS): string {
  const code = rightsCode(rights)
  return `${epoch}.${FOLD_VERSION}${code === '' ? '' : `.${code}`}`
}

/** Parses a position; one that is none compares with nothing. */
export function readSince(since = ''): { epoch: string | undefined; offset: number } {
  const [epoch, offset] = since.split(':')
  return { epoch, offset: offset === undefined || offset === '' ? Number.NaN : Number(offset) }
}

/** The position if it is valid in this epoch and not beyond the head. */
export function ownPosition(since: string, { epoch, state }: ProjectView): string {
  const from = readSince(since)
  return from.epoch === epoch && from.offset <= state.offset ? since : ''
}

/** A name for the rows that a viewer lacks; equal for all viewers whose lists are replaced. */
export function missedRows(view: ProjectView, since: string): string {
  const own = ownPosition(since, view)
  if (own === '') return 'all'
  return readSince(own).offset + 1 < (view.recent[0]?.offset ?? 1) ? 'gap' : own
}

/** How many events came after a position of this epoch; 0 for another one. */
export function eventsAfter(since: string, { epoch, state }: ProjectView): number {
  const from = readSince(since)
  return from.epoch === epoch && from.offset <= state.offset ? state.offset - from.offset : 0
}

/** Whether a page comes from a later state or another epoch, as of a worker that was ahead. */
function isAhead(since: string | undefined, { epoch, state }: ProjectView): boolean {
  const from = readSince(since)
  return since !== undefined && (from.epoch !== epoch || from.offset > state.offset)
}

/** The position of a project's page, as its live page tells it. */
export const standing = (view: () => ProjectView, rights: Rights | undefined) => ({
  isBehind: (since: string | undefined) => isAhead(since, view()),
  position: () => positionOf(view()),
  made: () => madeFrom(view(), rights),
})
