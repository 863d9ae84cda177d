import type { FC } from 'hono/jsx'
import { overviewHref, type OverviewQuery, type Sort } from './overview-query.ts'

export const SORT_WORDS: Record<Sort | 'attention', string> = {
  attention: 'By attention',
  last_event: 'By last event',
  waiting: 'By waiting time',
  age: 'By age',
  name: 'By name',
}

const CHOICES: (Sort | undefined)[] = [undefined, 'last_event', 'waiting', 'age', 'name']

export const Sorting: FC<{ query: OverviewQuery }> = ({ query }) => (
  <details id="sorting" class="sorting">
    <summary class="button">Sort</summary>
    <ul class="menu">
      {CHOICES.map((sort) => (
        <li>
          <a href={overviewHref(query, { sort })} {...(sort === query.sort ? { 'aria-current': 'true' } : {})}>
            {SORT_WORDS[sort ?? 'attention']}
          </a>
        </li>
      ))}
    </ul>
  </details>
)

/** A list or cards. A cookie keeps the choice, so the address also names the list. */
export const ViewChoice: FC<{ query: OverviewQuery }> = ({ query }) => {
  const list = overviewHref(query, { view: undefined, page: query.page })
  return (
    <nav class="views" aria-label="View">
      <a href={`${list}${list.includes('?') ? '&' : '?'}view=list`} {...(query.view === 'grid' ? {} : { 'aria-current': 'true' })}>
        List
      </a>
      <a href={overviewHref(query, { view: 'grid', page: query.page })} {...(query.view === 'grid' ? { 'aria-current': 'true' } : {})}>
        Grid
      </a>
    </nav>
  )
}
