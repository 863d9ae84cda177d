import { type AttentionCounts, AttentionCountsBar } from '../../views/overview/attention-counts.tsx'
import { QuestionsLink } from '../../views/shell/top-bar.tsx'
import type { LivePage } from './live-page.ts'
import { frameText, replace } from './frame.ts'
import type { OverviewIndex } from './overview-index.ts'

/** What the counts are at one moment, as text that two positions can be compared by. */
export const attentionPosition = (counts: AttentionCounts): string => Object.values(counts).join('.')

/** The counts in the top bar of every page, and with them the tab's title, kept current in hidden tabs too. */
export function openAttentionPage(source: { index: OverviewIndex; now(): number }): LivePage {
  let shown = { ...source.index.counts }

  const frame = (counts: AttentionCounts, content: string) =>
    frameText({ content, since: attentionPosition(counts), now: source.now(), lastEventAt: undefined, events: 0 })
  const render = (counts: AttentionCounts) =>
    replace('counts', <AttentionCountsBar counts={counts} />) + replace('questions', <QuestionsLink count={counts.needs_you} />)

  return {
    project: undefined,
    isBehind: () => false,
    position: () => attentionPosition(source.index.counts),
    take: ({ before, summary, isGone }) =>
      isGone || before?.attention.word !== summary.attention.word || before.project !== summary.project,
    flush() {
      const counts = { ...source.index.counts }
      if (attentionPosition(counts) === attentionPosition(shown)) return undefined
      shown = counts
      return frame(counts, render(counts))
    },
    resume(since) {
      const { counts } = source.index
      return frame(counts, since === attentionPosition(counts) ? '' : render(counts))
    },
  }
}
