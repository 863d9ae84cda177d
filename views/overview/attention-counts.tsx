import type { FC } from 'hono/jsx'
import { ATTENTION_ORDER, type AttentionWord, waitsForPerson } from '../../src/domain/summary/attention.ts'
import { overviewHref } from './overview-query.ts'
import { ATTENTION_LOOKS } from '../atoms/state-look.ts'
import { Shape } from '../atoms/shape.tsx'

export type AttentionCounts = Record<AttentionWord, number>

/** Where no project is shown. */
export const NO_COUNTS: AttentionCounts = {
  needs_you: 0,
  blocked: 0,
  failed: 0,
  in_review: 0,
  stale: 0,
  working: 0,
  waiting: 0,
  paused: 0,
  idle: 0,
  done: 0,
}

export function needsYou(counts: AttentionCounts): number {
  return ATTENTION_ORDER.filter(waitsForPerson).reduce((sum, word) => sum + counts[word], 0)
}

export function pageTitle(title: string, counts: AttentionCounts): string {
  const waiting = needsYou(counts)
  return `${waiting > 0 ? `(${waiting}) ` : ''}${title} · Visualizer`
}

/** Projects by attention in the top bar, each a filter; empty groups are left out. */
export const AttentionCountsBar: FC<{ counts: AttentionCounts; current?: AttentionWord | undefined }> = ({ counts, current }) => (
  <nav id="counts" class="counts" aria-label="Projects by attention" data-needs-you={needsYou(counts)}>
    <ul>
      {ATTENTION_ORDER.filter((word) => counts[word] > 0 || word === current).map((word) => (
        <li>
          <Count word={word} count={counts[word]} isCurrent={word === current} />
        </li>
      ))}
    </ul>
  </nav>
)

const Count: FC<{ word: AttentionWord; count: number; isCurrent: boolean }> = ({ word, count, isCurrent }) => {
  const look = ATTENTION_LOOKS[word]
  const href = overviewHref({ page: 1 }, isCurrent ? {} : { attention: word })
  return (
    <a class={`count tone-${look.tone}`} href={href} {...(isCurrent ? { 'aria-current': 'true' } : {})}>
      <Shape name={look.shape} /> <b>{count}</b> {look.word}
    </a>
  )
}
