import { openLivePage, type LivePage } from '../live/live-page.ts'
import { replace } from '../live/frame.ts'
import { type AttentionCounts, AttentionCountsBar } from '../../views/overview/attention-counts.tsx'
import { QuestionsLink } from '../../views/shell/top-bar.tsx'
import { RefusedError } from '../domain/refused.ts'
import { livePath } from './address.ts'
import type { Page, PageDeps } from './page.ts'

const ADDRESS = '/attention'

const positionOf = (counts: AttentionCounts): string => Object.values(counts).join('.')

/** The address of the counts' websocket, which every page has. */
export const attentionPath = (counts: AttentionCounts): string => livePath(ADDRESS, positionOf(counts))

/** The counts in the top bar and the tab's title, also kept current in hidden tabs. */
export const attentionPage: Page = {
  routes: [],
  answer: () => Promise.reject(new RefusedError('NOT_FOUND', 'Nothing answers at this address.')),
  topicAt: ({ pathname }) =>
    pathname === ADDRESS ? { address: ADDRESS, project: undefined, open: async (deps) => () => openAttention(deps) } : undefined,
}

/** Opens the counts as a live page. */
export function openAttention({ overview, now }: Pick<PageDeps, 'overview' | 'now'>): LivePage {
  let shown = { ...overview.counts }
  const position = () => positionOf(overview.counts)
  const render = () =>
    replace('counts', <AttentionCountsBar counts={overview.counts} />) +
    replace('questions', <QuestionsLink count={overview.counts.needs_you} />)
  const content = {
    project: undefined,
    position,
    take: ({ before, summary, isGone }: Parameters<LivePage['take']>[0]) =>
      isGone || before?.attention.word !== summary.attention.word || before.project !== summary.project,
    changed() {
      if (position() === positionOf(shown)) return undefined
      shown = { ...overview.counts }
      return { html: render(), events: 0 }
    },
    missed: (since: string) => ({
      key: since === position() ? 'here' : 'all',
      events: 0,
      render: () => (since === position() ? '' : render()),
    }),
  }
  return openLivePage(content, now)
}
