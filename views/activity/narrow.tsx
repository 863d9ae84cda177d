import type { FC, PropsWithChildren } from 'hono/jsx'
import { EVENT_KINDS, type EventKind } from '../../src/domain/events/event-kind.ts'
import { Icon } from '../atoms/icon.tsx'
import { PartLink, ShownAtField } from '../atoms/part-link.tsx'
import { ADDRESSES, addressOf } from '../atoms/part-href.ts'
import { type ActivityQuery, activitySearch } from './query.ts'

const WORDS: Record<EventKind, string> = {
  steps: 'Steps',
  agents: 'Agents',
  questions: 'Questions',
  problems: 'Problems',
  talk: 'Talk and commands',
  files: 'Files',
  usage: 'Usage',
  other: 'Other',
}

/** What the activity may be narrowed to: a text, a kind, and how close its rows stand. Each choice is an address. */
export const Narrow: FC<{ project: string; query: ActivityQuery; isNewest?: boolean }> = ({ project, query, isNewest = true }) => {
  const href = (other: ActivityQuery) => addressOf(ADDRESSES.activity, { name: project }, activitySearch(other))
  return (
    <div class="narrow">
      <Search among="events" action={href({})} text={query.text}>
        {query.kind ? <input type="hidden" name="kind" value={query.kind} /> : null}
      </Search>
      <nav class="narrow__kinds" aria-label="Kinds of events">
        <Kind href={href({ text: query.text })} isCurrent={query.kind === undefined} word="All" />
        {EVENT_KINDS.map((kind) => (
          <Kind href={href({ kind, text: query.text })} isCurrent={query.kind === kind} word={WORDS[kind]} />
        ))}
      </nav>
      <Densities />
      {isNewest ? null : (
        <PartLink class="button" href={href(query)}>
          To the newest
        </PartLink>
      )}
    </div>
  )
}

type SearchProps = PropsWithChildren<{ among: string; action: string; text: string | undefined }>

/** A search within a list of events, by an address. Children are what else the address asks for. */
export const Search: FC<SearchProps> = ({ among, action, text, children }) => (
  <form class="narrow__search" role="search" aria-label={`Search ${among}`} action={action} method="get">
    <ShownAtField />
    {children}
    <input type="search" name="q" value={text ?? ''} aria-label={`Text in ${among}`} placeholder={`Search ${among}`} maxlength={200} />
    <button class="icon-button" type="submit" aria-label={`Search ${among}`}>
      <Icon name="search" />
    </button>
  </form>
)

const Kind: FC<{ href: string; isCurrent: boolean; word: string }> = ({ href, isCurrent, word }) => (
  <PartLink class="chip" href={href} {...(isCurrent ? { 'aria-current': 'true' } : {})}>
    {word}
  </PartLink>
)

/** How close rows stand; normal where nothing was chosen. */
const DENSITIES = ['compact', 'normal', 'detailed'] as const
type Density = (typeof DENSITIES)[number]

const LINES: Record<Density, string> = {
  compact: 'M3 3.5h10M3 6.5h10M3 9.5h10M3 12.5h10',
  normal: 'M3 4h10M3 8h10M3 12h10',
  detailed: 'M3 3.5h10M3 6h6M3 10h10M3 12.5h6',
}
const DENSITY_WORDS: Record<Density, string> = { compact: 'Compact rows', normal: 'Normal rows', detailed: 'Detailed rows' }

/** The root element says which one holds, and the page's script keeps it in a cookie: the next page comes right at once. */
const Densities: FC = () => (
  <div class="densities needs-script" role="group" aria-label="Density of rows">
    {DENSITIES.map((density) => (
      <button
        class="icon-button"
        type="button"
        data-density-choice={density}
        aria-label={DENSITY_WORDS[density]}
        title={DENSITY_WORDS[density]}
      >
        <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
          <path class="line" d={LINES[density]} />
        </svg>
      </button>
    ))}
  </div>
)
