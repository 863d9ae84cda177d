import type { FC } from 'hono/jsx'
import type { Audited, AuditQuery } from '../../src/domain/events/own-event.ts'
import { visibleText } from '../atoms/foreign-text.tsx'
import { type Frame, Layout } from '../shell/layout.tsx'

export type AuditProps = Frame & {
  rows: readonly Audited[]
  filters: AuditQuery
  before: number | undefined
  keptDays: number
}

/** GET /audit: who did what, the newest first. */
export const AuditPage: FC<AuditProps> = ({ rows, filters, before, keptDays, ...frame }) => (
  <Layout {...frame} title="Audit log">
    <header class="settings__head">
      <h1>Audit log</h1>
      <p>Who did what, from where, and what became of it. Entries are kept for {keptDays} days, and nobody can change them.</p>
    </header>
    <form class="audit__filters" method="get" action="/audit">
      <label>
        Who <input name="who" value={filters.who} maxlength={200} />
      </label>
      <label>
        What <input name="what" value={filters.what} maxlength={200} />
      </label>
      <label>
        Result{' '}
        <select name="result">
          {(['', 'done', 'refused'] as const).map((result) => (
            <option value={result} selected={result === filters.result}>
              {result === '' ? 'any' : result}
            </option>
          ))}
        </select>
      </label>
      <button class="button" type="submit">
        Show
      </button>
      <a class="button" href={`/audit.ndjson${searchOf(filters)}`} download="audit.ndjson">
        Download as NDJSON
      </a>
    </form>
    {rows.length === 0 ? <p class="settings__none">There is no such entry.</p> : <AuditTable rows={rows} />}
    {before === undefined ? null : (
      <p class="audit__more">
        <a class="button" href={`/audit${searchOf(filters, before)}`}>
          Older
        </a>
      </p>
    )}
  </Layout>
)

const AuditTable: FC<{ rows: readonly Audited[] }> = ({ rows }) => (
  <div class="audit__table" tabindex={0} role="region" aria-label="Entries">
    <table>
      <thead>
        <tr>
          {['When (UTC)', 'Who', 'What', 'On', 'From', 'Result', 'Details'].map((head) => (
            <th scope="col">{head}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr>
            <td>
              <time datetime={new Date(row.at).toISOString()}>{new Date(row.at).toISOString().slice(0, 23).replace('T', ' ')}</time>
            </td>
            <td data-head="Who">
              <bdi>{visibleText(row.who, 200)}</bdi>
            </td>
            <td data-head="What">{visibleText(row.what, 100)}</td>
            <td data-head="On">
              <bdi>{visibleText(row.on ?? '', 200)}</bdi>
            </td>
            <td data-head="From">{visibleText(row.from ?? '', 60)}</td>
            <td data-head="Result" class={row.result === 'refused' ? 'audit__refused' : undefined}>
              {row.result}
            </td>
            <td data-head="Details">{detailWords(row.details)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)

const detailWords = (details: Audited['details']): string =>
  visibleText(
    Object.entries(details)
      .map(([name, value]) => `${name}: ${value}`)
      .join(', '),
    400,
  )

/** The filters as the search of an address. */
export function searchOf({ who, what, result }: AuditQuery, before?: number): string {
  const search = new URLSearchParams(
    Object.entries({ who, what, result, before: before?.toString() ?? '' }).filter(([, value]) => value !== ''),
  )
  return search.size === 0 ? '' : `?${search.toString()}`
}
