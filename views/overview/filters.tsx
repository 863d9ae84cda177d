import type { FC } from 'hono/jsx'
import { ATTENTION_ORDER } from '../../src/domain/summary/attention.ts'
import { plainText } from '../../src/domain/events/plain-text.ts'
import { LIFECYCLES, PRIORITIES } from '../../src/domain/registry/project-registry.ts'
import { isFiltered, overviewHref, type OverviewQuery } from './overview-query.ts'
import { ATTENTION_LOOKS } from '../atoms/state-look.ts'
import { visibleText } from '../atoms/foreign-text.tsx'
import { Sorting, ViewChoice } from './sorting.tsx'

type Choice = { value: string; label: string }

/** Narrows the overview by a plain GET form: the URL is the filter, with or without script. */
export const Filters: FC<{ query: OverviewQuery; tags: readonly string[]; now: number }> = ({ query, tags, now }) => (
  <div id="filters" class="filters">
    <details id="filter-form">
      <summary class="button">Filter</summary>
      <form action="/" method="get" class="filters__form" data-filters>
        <Select name="attention" label="Attention" value={query.attention} choices={ATTENTION_CHOICES} />
        <Select name="status" label="Status" value={query.status} choices={LIFECYCLES.map(choice)} />
        <Select name="priority" label="Priority" value={query.priority} choices={PRIORITIES.map(choice)} />
        <Select name="tag" label="Tag" value={query.tag} choices={tagChoices(tags, query.tag)} />
        {query.sort ? <input type="hidden" name="sort" value={query.sort} /> : null}
        {query.at ? <input type="hidden" name="at" value={query.at} /> : null}
        <div class="field">
          <label for="filter-q">Text</label>
          <input id="filter-q" name="q" type="search" value={query.text ?? ''} placeholder="Name or description" maxlength={200} />
        </div>
        <button class="button button--ink" type="submit">
          Show
        </button>
      </form>
    </details>
    <Sorting query={query} />
    <ViewChoice query={query} />
    {query.at ? null : (
      <a id="look-back" class="button" href={overviewHref(query, { at: new Date(now).toISOString() })}>
        Look back
      </a>
    )}
    {isFiltered(query) ? <Chips query={query} /> : null}
  </div>
)

const ATTENTION_CHOICES: Choice[] = ATTENTION_ORDER.map((word) => ({ value: word, label: ATTENTION_LOOKS[word].word }))

function choice(value: string): Choice {
  return { value, label: value }
}

function tagChoices(tags: readonly string[], current: string | undefined): Choice[] {
  const all = current === undefined || tags.includes(current) ? tags : [...tags, current]
  // Tags with invisible characters cannot be offered honestly.
  return all.filter((tag) => plainText(tag) === tag).map((tag) => ({ value: tag, label: visibleText(tag, 40) }))
}

const Select: FC<{ name: string; label: string; value: string | undefined; choices: Choice[] }> = ({ name, label, value, choices }) => (
  <div class="field">
    <label for={`filter-${name}`}>{label}</label>
    <Choices name={name} value={value} choices={choices} />
  </div>
)

const Choices: FC<{ name: string; value: string | undefined; choices: Choice[] }> = ({ name, value, choices }) => (
  <select id={`filter-${name}`} name={name}>
    <option value="">Any</option>
    {choices.map((each) => (
      <option value={each.value} selected={each.value === value}>
        {each.label}
      </option>
    ))}
  </select>
)

/** The tags to choose from; a frame replaces them when a project brings a new one. */
export const TagChoices: FC<{ query: OverviewQuery; tags: readonly string[] }> = ({ query, tags }) => (
  <Choices name="tag" value={query.tag} choices={tagChoices(tags, query.tag)} />
)

const Chips: FC<{ query: OverviewQuery }> = ({ query }) => (
  <ul class="chips" aria-label="Filters in force">
    {chipsOf(query).map(({ label, without }) => (
      <li>
        <a class="chip" href={overviewHref(query, without)}>
          <span class="visually-hidden">Remove filter </span>
          <bdi>{label}</bdi>
          <span aria-hidden="true"> ×</span>
        </a>
      </li>
    ))}
    <li>
      <a class="chip chip--clear" href={overviewHref({ page: 1, sort: query.sort, view: query.view, at: query.at })}>
        Show all
      </a>
    </li>
  </ul>
)

function chipsOf(query: OverviewQuery): { label: string; without: Partial<OverviewQuery> }[] {
  const chips: { label: string; without: Partial<OverviewQuery> }[] = []
  if (query.attention) chips.push({ label: ATTENTION_LOOKS[query.attention].word, without: { attention: undefined } })
  if (query.status) chips.push({ label: `status ${query.status}`, without: { status: undefined } })
  if (query.priority) chips.push({ label: `${query.priority} priority`, without: { priority: undefined } })
  if (query.tag) chips.push({ label: `tag ${visibleText(query.tag, 40)}`, without: { tag: undefined } })
  if (query.text) chips.push({ label: `“${visibleText(query.text, 40)}”`, without: { text: undefined } })
  return chips
}
