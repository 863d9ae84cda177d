import type { FC } from 'hono/jsx'
import type { AttentionWord } from '../../src/domain/summary/attention.ts'
import { overviewHref } from '../overview/overview-query.ts'
import { type AttentionCounts, AttentionCountsBar } from '../overview/attention-counts.tsx'
import { type ShownViewer, WhoAmI } from './who-am-i.tsx'
import { Icon } from '../atoms/icon.tsx'
import { LivePill, type PageTrouble } from './live-pill.tsx'
import { Shape } from '../atoms/shape.tsx'

type TopBarProps = {
  counts: AttentionCounts
  now: number
  live: { path: string; lastEventAt?: number | undefined } | undefined
  trouble?: PageTrouble | undefined
  isPast?: boolean | undefined
  viewer: ShownViewer | undefined
  searchText: string | undefined
  currentAttention: AttentionWord | undefined
}

export const TopBar: FC<TopBarProps> = ({ counts, now, live, trouble, isPast, viewer, searchText, currentAttention }) => (
  <header class="top">
    <a class="top__brand" href="/">
      <Logo />
      <span>Visualizer</span>
    </a>
    <AttentionCountsBar counts={counts} current={currentAttention} />
    <div class="top__tools">
      <Search text={searchText} />
      <LivePill isLive={live !== undefined} isPast={isPast} lastEventAt={live?.lastEventAt} now={now} trouble={trouble} />
      {live ? <Pause /> : null}
      <LoadNew />
      <QuestionsLink count={counts.needs_you} />
      <ThemeToggle />
      {viewer ? <WhoAmI viewer={viewer} /> : null}
    </div>
  </header>
)

const Pause: FC = () => (
  <button
    id="pause"
    class="icon-button needs-script"
    type="button"
    aria-pressed="false"
    aria-label="Pause live updates"
    title="Pause live updates"
  >
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path class="line" d="M5.5 3.5v9M10.5 3.5v9" />
    </svg>
  </button>
)

/** For a page of another build than the service that it hears: the page's script shows it where loading by itself would disturb. */
const LoadNew: FC = () => (
  <button id="load-new" class="button" type="button" hidden>
    Load it
  </button>
)

/** How many projects ask something: always in reach, whatever the page. */
export const QuestionsLink: FC<{ count: number }> = ({ count }) => (
  <a
    id="questions"
    class={`button questions${count > 0 ? ' questions--open tone-needs' : ''}`}
    href={overviewHref({ page: 1, attention: 'needs_you' })}
  >
    {count > 0 ? <Shape name="diamond" /> : null}
    {count === 0 ? 'No approvals' : <QuestionWords count={count} />}
  </a>
)

const QuestionWords: FC<{ count: number }> = ({ count }) => (
  <span>
    {count} <span class="questions__long">{count === 1 ? 'project ' : 'projects '}</span>
    {count === 1 ? 'asks' : 'ask'}
  </span>
)

const Search: FC<{ text: string | undefined }> = ({ text }) => (
  <form class="search" role="search" action="/" method="get">
    <button type="submit" aria-label="Search">
      <Icon name="search" />
    </button>
    <input
      id="search"
      type="search"
      name="q"
      value={text ?? ''}
      aria-label="Filter projects"
      placeholder="Filter projects"
      autocomplete="off"
      maxlength={200}
    />
    <kbd aria-hidden="true">/</kbd>
  </form>
)

export const Logo: FC = () => (
  <svg class="logo" viewBox="0 0 20 20" aria-hidden="true">
    <path class="logo__track" d="M3.5 14.5A8 8 0 0 1 8.5 2.1" />
    <path class="logo__arc" d="M11.5 2.1a8 8 0 0 1 6.4 6.4M17.9 11.5a8 8 0 0 1-12 5.3" />
    <path class="logo__heart" d="M10 6.8 13.2 10 10 13.2 6.8 10Z" />
  </svg>
)

export const ThemeToggle: FC = () => (
  <button id="theme" class="icon-button needs-script" type="button" data-theme-toggle aria-label="Change the theme">
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <g class="theme__system">
        <circle class="line" cx="8" cy="8" r="5.8" />
        <path class="fill" d="M8 2.2a5.8 5.8 0 0 1 0 11.6Z" />
      </g>
      <g class="theme__light">
        <circle class="line" cx="8" cy="8" r="3" />
        <path class="line" d="M8 1v1.6M8 13.4V15M1 8h1.6M13.4 8H15M3 3l1.2 1.2M11.8 11.8 13 13M3 13l1.2-1.2M11.8 4.2 13 3" />
      </g>
      <path class="line theme__dark" d="M13.2 9.6A5.6 5.6 0 1 1 6.4 2.8a4.6 4.6 0 0 0 6.8 6.8Z" />
    </svg>
  </button>
)
