import type { FC } from 'hono/jsx'
import type { AttentionWord } from '../../src/domain/summary/attention.ts'
import type { ProjectSummary } from '../../src/domain/summary/project-summary.ts'
import { domId } from '../atoms/dom-id.ts'
import { SORT_WORDS } from './sorting.tsx'
import { isFiltered, overviewHref, type OverviewQuery, pageSize } from './overview-query.ts'
import { PinsForm, pinState } from './pin.tsx'
import { ProjectRow } from './project-row.tsx'
import { UnchangedStub, type UnchangedMembers } from '../atoms/unchanged-stub.tsx'

/** What stands together; in a list a gap, not a heading, sets the groups apart. */
const GROUPS: { name: string; words: readonly AttentionWord[] }[] = [
  { name: 'asking', words: ['needs_you'] },
  { name: 'look', words: ['blocked', 'failed', 'in_review', 'stale'] },
  { name: 'moving', words: ['working', 'waiting'] },
  { name: 'still', words: ['paused', 'idle'] },
]

type ListProps = UnchangedMembers & {
  rows: readonly ProjectSummary[]
  total: number
  query: OverviewQuery
  now: number
  isPart?: boolean | undefined
}

export const ProjectList: FC<ListProps> = ({ rows, total, query, now, isPart = false, unchanged }) => {
  const [pinned, others] = splitBy(rows, ({ project }) => pinState(query, project.name) === 'pinned')
  const shared = { query, now, unchanged }
  return (
    <section id="projects" class={`projects${query.view === 'grid' ? ' projects--grid' : ''}`} aria-label="Projects">
      <div class="columns" aria-hidden="true">
        <span class="columns__count">
          {total} {total === 1 ? 'project' : 'projects'}, {SORT_WORDS[query.sort ?? 'attention'].toLowerCase()}
        </span>
        <span>Cycles</span>
        <span>Agents</span>
        <span>Last hour</span>
        <span class="columns__right">Last event</span>
        <span class="columns__right">Waiting for you</span>
        <span class="columns__right">Age</span>
      </div>
      {rows.length === 0 ? <Nothing query={query} isPart={isPart} /> : null}
      <Group name="pinned" rows={pinned} {...shared} />
      {query.sort ? <Group name="all" rows={others} {...shared} /> : <ByAttention rows={others} {...shared} />}
      <Paging total={total} query={query} />
      <PinsForm query={query} />
    </section>
  )
}

type GroupProps = UnchangedMembers & { rows: readonly ProjectSummary[]; query: OverviewQuery; now: number }

const ByAttention: FC<GroupProps> = ({ rows, ...shared }) => (
  <>
    {GROUPS.map(({ name, words }) => (
      <Group name={name} rows={rows.filter((row) => words.includes(row.attention.word))} {...shared} />
    ))}
    <Done rows={rows.filter((row) => row.attention.word === 'done')} {...shared} />
  </>
)

const Group: FC<GroupProps & { name: string }> = ({ name, rows, query, now, unchanged }) =>
  rows.length === 0 ? null : (
    <ul id={`group-${name}`} class="rows">
      {rows.map((summary) => {
        const { project } = summary
        if (unchanged?.has(project.name)) return <UnchangedStub id={domId('project', project.name)} />
        return <ProjectRow summary={summary} now={now} pin={pinState(query, project.name)} at={query.at} />
      })}
    </ul>
  )

/** Finished projects are folded, failed ones never. */
const Done: FC<GroupProps> = ({ rows, query, ...shared }) =>
  rows.length === 0 ? null : (
    <details id="done-projects" class="folded" open={query.attention === 'done'}>
      <summary>{rows.length} more, done</summary>
      <Group name="done" rows={rows} query={query} {...shared} />
    </details>
  )

function splitBy<T>(all: readonly T[], isFirst: (one: T) => boolean): [T[], T[]] {
  return [all.filter(isFirst), all.filter((one) => !isFirst(one))]
}

const Nothing: FC<{ query: OverviewQuery; isPart: boolean }> = ({ query, isPart }) => (
  <div class="nothing">
    {isFiltered(query) ? (
      <>
        <p>No project matches these filters.</p>
        <a class="button" href={overviewHref({ page: 1, at: query.at })}>
          Show all projects
        </a>
      </>
    ) : (
      <p>{isPart ? NONE_FOR_YOU : 'No project on this page. Projects appear with their first event.'}</p>
    )}
  </div>
)

const NONE_FOR_YOU = 'No project that you may see. Whoever administers this service says who sees which.'

const Paging: FC<{ total: number; query: OverviewQuery }> = ({ total, query }) => {
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
