import type { FC } from 'hono/jsx'
import { bounded, newest } from '../../src/domain/bounded.ts'
import { type Backlog, type Epic, openSprints, planWorth, type Story } from '../../src/domain/project/plans.ts'
import { domId } from '../atoms/dom-id.ts'
import { storyHref } from '../atoms/part-href.ts'
import { ForeignText, Identifier, visibleText } from '../atoms/foreign-text.tsx'
import { PartLink } from '../atoms/part-link.tsx'

const SHOWN = 100

export const BacklogCard: FC<{ project: string; backlog: Backlog | undefined }> = ({ project, backlog }) => {
  const stories = backlog?.stories ?? []
  const open = openStories(backlog)
  const done = stories.filter(({ status }) => status === 'done')
  const totals = backlog?.totals ?? { stories: 0, done: 0 }
  const openTotal = totals.stories - totals.done
  return (
    <section id="backlog" class="card" aria-labelledby="backlog-title">
      <header class="card__head">
        <h2 id="backlog-title">Backlog</h2>
        <p>{backlog === undefined || stories.length === 0 ? '' : totalWords(backlog)}</p>
      </header>
      {backlog === undefined ? <NoBacklog /> : null}
      {backlog !== undefined && open.length === 0 ? (
        <p class="nothing">Nothing is planned. `/epic` or `/backlog add_story` adds to it.</p>
      ) : null}
      <Stories project={project} stories={open} epics={backlog?.epics ?? []} />
      {openTotal > SHOWN ? <p class="nothing">{openTotal - open.length} more stories</p> : null}
      {done.length > 0 ? (
        <details id="backlog-done" class="folded">
          <summary>
            {totals.done} more, done{totals.done > SHOWN ? `, the last ${Math.min(done.length, SHOWN)} shown` : ''}
          </summary>
          <Stories project={project} stories={newest(done, SHOWN)} epics={backlog?.epics ?? []} />
        </details>
      ) : null}
    </section>
  )
}

/** Of all that the file lists, whatever of it is kept. */
const totalWords = ({ totals: { stories, done } }: Backlog): string => `${stories - done} open, ${done} done`

const NoBacklog: FC = () => (
  <p class="nothing">
    No backlog is known. It is read from <code>.orch-state/backlog.json</code> in the project's folder.
  </p>
)

/** What is shown of the stories to come: of too many those of an open sprint and those that are worked on or failed stay. */
export function openStories(backlog: Backlog | undefined): Story[] {
  const inSprint = openSprints(backlog?.sprints ?? [])
  const open = inOrder((backlog?.stories ?? []).filter(({ status }) => status !== 'done'))
  // In their order, those that stand first are the next.
  const places = new Map(open.map((story, place) => [story, -place]))
  return bounded(open, { limit: SHOWN, worthOf: (story) => planWorth(story, inSprint), ageOf: (story) => places.get(story) ?? 0 }).kept
}

function inOrder(stories: Story[]): Story[] {
  const order = ['in_progress', 'sprint', 'backlog']
  const place = ({ status }: Story) => (order.includes(status) ? order.indexOf(status) : order.length)
  return stories.toSorted((one, other) => place(one) - place(other) || (one.priority ?? 9) - (other.priority ?? 9))
}

const Stories: FC<{ project: string; stories: Story[]; epics: Epic[] }> = ({ project, stories, epics }) =>
  stories.length === 0 ? null : (
    <ul class="stories">
      {stories.map((story) => (
        <StoryRow project={project} story={story} epic={epics.find(({ id }) => id === story.epicId)} />
      ))}
    </ul>
  )

const StoryRow: FC<{ project: string; story: Story; epic: Epic | undefined }> = ({ project, story, epic }) => (
  <li id={domId('story', story.id)} class="story">
    <span class="story__priority" title="Priority, 1 is highest">
      {story.priority === undefined ? '' : `P${story.priority}`}
    </span>
    <span class="story__title">
      <PartLink href={storyHref(project, story.id)}>
        <ForeignText text={story.title} limit={120} />
      </PartLink>
      {epic ? (
        <small>
          <ForeignText text={epic.title} limit={40} />
        </small>
      ) : null}
    </span>
    <span class="story__status">{visibleText(story.status.replaceAll('_', ' '), 24)}</span>
    <span class="story__tests">{testLine(story)}</span>
    <Identifier id={story.id} />
  </li>
)

function testLine({ testStatus, ciStatus, testCoverage }: Story): string {
  const parts = [
    testStatus,
    ciStatus ? `CI ${ciStatus}` : undefined,
    testCoverage === undefined ? undefined : `${Math.round(testCoverage)} % covered`,
  ]
  return visibleText(parts.filter(Boolean).join(', '), 60)
}
