import type { AttentionWord } from '../domain/summary/attention.ts'
import type { Shown } from '../live/live-page.ts'
import { ATTENTION_LOOKS, type Tone, workflowLook } from '../../views/atoms/state-look.ts'
import type { Moment } from './moments.ts'

export type Mark = [moment: number, tone: Tone, text: string]

const TOLD: ReadonlySet<AttentionWord> = new Set(['needs_you', 'blocked', 'failed', 'in_review', 'stale'])
const TEXT = 120

/** The mark of a moment: the workflow moved, or somebody began to wait. */
export function markOf(place: number, before: Shown, { shown }: Moment): Mark | undefined {
  const [was, is] = [before.view.state.workflow, shown.view.state.workflow]
  if (was.state !== is.state) {
    const { tone, word } = workflowLook(is.state)
    return [place, tone, cut(`${workflowLook(was.state).word} to ${word}`)]
  }
  const { word, reason } = shown.summary.attention
  if (word === before.summary.attention.word || !TOLD.has(word)) return undefined
  const look = ATTENTION_LOOKS[word]
  return [place, look.tone, cut(`${look.word}: ${reason}`)]
}

const cut = (text: string) => (text.length > TEXT ? `${text.slice(0, TEXT)}…` : text)
