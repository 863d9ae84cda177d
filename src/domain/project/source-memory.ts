import { copyOnWrite, type Draft } from './draft.ts'
import type { StoredEvent } from '../events/event.ts'
import type { ProjectState } from './project-state.ts'
import type { SourceWord } from './reports.ts'

export type Dispute = { word: SourceWord; shown: string; shownBy: SourceWord | undefined }

type Subject = { source: string; storyId: string | undefined }
type ReportedWord = Subject & { cycleId: string | undefined; state: string; isRepeated: boolean }

/** The key of a source's word on a story or on the workflow. */
export const wordKey = ({ source, storyId }: Subject): string => JSON.stringify(storyId === undefined ? [source] : [source, storyId])

/** Remembers what a source said last, to tell news from repetition. */
export function foldWord(draft: Draft, event: StoredEvent) {
  const said = saidBy(event)
  if (!said) return
  const key = wordKey(said)
  const known = draft.next.words.get(key)
  const isSame = known?.state === said.state && known.cycleId === said.cycleId
  if (isSame && known.isRepeated === said.isRepeated) return
  const words = copyOnWrite(draft, 'words')
  words.delete(key)
  words.set(key, { ...said, since: isSame ? known.since : event.received_at, offset: event.offset })
}

function saidBy(event: StoredEvent): ReportedWord | undefined {
  if (event.type === 'state_told') {
    return { source: event.told_by, storyId: event.story_id, cycleId: event.cycle_id, state: event.state, isRepeated: true }
  }
  if (event.type !== 'tdd_transition' && event.type !== 'workflow_transition') return undefined
  const { told_by: source, new_state: state } = event
  if (typeof source !== 'string') return undefined
  const isStory = event.type === 'tdd_transition'
  const [storyId, cycleId] = isStory ? [event.story_id, event.cycle_id ?? undefined] : []
  return { source, storyId, cycleId, state, isRepeated: false }
}

/** The sources that contradict the state shown, even when asked again. */
export function disputesOf({ words, cycles, workflow }: Pick<ProjectState, 'words' | 'cycles' | 'workflow'>): Dispute[] {
  const shownOf = (storyId: string | undefined) => (storyId === undefined ? workflow.state : cycles.get(storyId)?.state)
  const all = [...words.values()]
  return all.flatMap((word) => {
    const shown = shownOf(word.storyId)
    if (!word.isRepeated || shown === undefined || shown === word.state) return []
    return [{ word, shown, shownBy: all.findLast(({ storyId, state }) => storyId === word.storyId && state === shown) }]
  })
}

/** Adds up missing reports; `losses_seen` clears those that somebody acknowledged. */
export function foldLosses(draft: Draft, event: StoredEvent) {
  if (event.type === 'losses_seen') return forgetSeen(draft, event.up_to)
  if (event.type !== 'reports_lost') return
  const { told_by: source, reason, detail, count, is_more, received_at: at, offset } = event
  const key = JSON.stringify([source, reason])
  const known = draft.next.losses.get(key)
  const losses = copyOnWrite(draft, 'losses')
  losses.delete(key)
  losses.set(key, {
    ...{ source, reason, detail, offset, lastAt: at, since: known?.since ?? at },
    count: (known?.count ?? 0) + (count ?? 0),
    isMore: count === null || is_more === true || known?.isMore === true,
  })
}

function forgetSeen(draft: Draft, upTo: number) {
  const seen = [...draft.next.losses].filter(([, { offset }]) => offset <= upTo)
  if (seen.length === 0) return
  const losses = copyOnWrite(draft, 'losses')
  for (const [key] of seen) losses.delete(key)
}
