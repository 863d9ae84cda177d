import type { FC } from 'hono/jsx'
import { overviewHref, type OverviewQuery, pageSize } from './overview-query.ts'

/** Which part of the projects is on screen, where one page does not hold them all. */
export const Paging: FC<{ total: number; query: OverviewQuery }> = ({ total, query }) => {
  const pages = Math.ceil(total / pageSize(query))
  if (pages <= 1 && query.page === 1) return null
  const first = (query.page - 1) * pageSize(query) + 1
  const last = Math.min(total, query.page * pageSize(query))
  return (
    <nav class="paging" aria-label="Pages of projects">
      {query.page > 1 ? (
        <a class="button" rel="prev" href={overviewHref(query, { page: Math.min(query.page - 1, Math.max(1, pages)) })}>
          Previous
        </a>
      ) : null}
      <span>{first > total ? `Nothing beyond ${total}` : `${first} to ${last} of ${total}`}</span>
      {query.page < pages ? (
        <a class="button" rel="next" href={overviewHref(query, { page: query.page + 1 })}>
          Next
        </a>
      ) : null}
    </nav>
  )
}
