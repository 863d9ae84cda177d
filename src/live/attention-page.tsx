import type { ProjectSummary } from '../domain/project-summary.ts'
import { type AttentionCounts, AttentionCountsBar } from '../../views/fragments/attention-counts.tsx'
import { QuestionsLink } from '../../views/fragments/top-bar.tsx'
import type { LivePage } from './feed.ts'
import { frameText, replace } from './frame.ts'
import { noProjects } from './overview-selection.ts'

/** What the counts are at one moment, as text that two positions can be compared by. */
export const attentionPosition = (counts: AttentionCounts): string => Object.values(counts).join('.')

/** How many projects stand where; archived ones do not count. */
export function countAttention(summaries: Iterable<ProjectSummary>): AttentionCounts {
  const counts = noProjects()
  for (const { project, attention } of summaries) if (project.status !== 'archived') counts[attention.word] += 1
  return counts
}

/** The counts in the top bar of every page, and with them the tab's title, kept current in hidden tabs too. */
export function openAttentionPage(source: { summaries(): Iterable<ProjectSummary>; now(): number }): LivePage {
  let shown = countAttention(source.summaries())

  const frame = (counts: AttentionCounts, content: string) =>
    frameText({ content, since: attentionPosition(counts), now: source.now(), lastEventAt: undefined, events: 0 })
  const render = (counts: AttentionCounts) =>
    replace('counts', <AttentionCountsBar counts={counts} />) + replace('questions', <QuestionsLink count={counts.needs_you} />)

  return {
    project: undefined,
    isBehind: () => false,
    take: ({ before, summary }) => before?.attention.word !== summary.attention.word || before.project !== summary.project,
    flush() {
      const counts = countAttention(source.summaries())
      if (attentionPosition(counts) === attentionPosition(shown)) return undefined
      shown = counts
      return frame(counts, render(counts))
    },
    resume(since) {
      const counts = countAttention(source.summaries())
      return frame(counts, since === attentionPosition(counts) ? '' : render(counts))
    },
  }
}
