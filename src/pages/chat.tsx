import type { StoredEvent } from '../domain/events/event.ts'
import { eventHolds } from '../domain/events/event-kind.ts'
import { conversationOf, isSaid, type Said } from '../domain/project/conversation.ts'
import { replace } from '../live/frame.ts'
import type { ProjectView } from '../projection/projections.ts'
import { ActivityGap, Newer, NewEvents, Older } from '../../views/activity/activity.tsx'
import { Search } from '../../views/activity/narrow.tsx'
import { activitySearch, parseActivityQuery } from '../../views/activity/query.ts'
import { ADDRESSES, addressOf } from '../../views/atoms/part-href.ts'
import { PartLink } from '../../views/atoms/part-link.tsx'
import { Conversation, SaidRow, WhatIsSaid } from '../../views/chat/conversation.tsx'
import { PartPage } from '../../views/pages/part.tsx'
import { isPartOfPast, PAGE_ROWS, partOfLog } from './activity.tsx'
import { pageOfProject } from './page-of-project.ts'

type ChatQuery = { text?: string | undefined }

const isAskedFor =
  ({ text }: ChatQuery) =>
  (event: StoredEvent): boolean =>
    isSaid(event) && (text === undefined || eventHolds(event, text))

/** Events as said. A command stands where its first report is, among older ones. */
export function saidIn(events: readonly StoredEvent[], { state }: ProjectView, { text }: ChatQuery = {}): Said[] {
  const from = Math.min(...events.map(({ offset }) => offset))
  return conversationOf(events, state.commands).filter(({ offset }) => text !== undefined || offset >= from)
}

/** The conversation of people and their orchestrator: messages, and commands with their results. */
export const chatPage = pageOfProject({
  address: ADDRESSES.chat,
  asks: { read: (search): ChatQuery => ({ text: parseActivityQuery(search).text }), write: (query) => ({ search: activitySearch(query) }) },
  sections: () => [
    {
      id: 'chat-note',
      reads: ({ view }) => [view.state.commands],
      render: ({ view }) => <WhatIsSaid commands={view.state.commands} />,
    },
  ],
  list: (query, project) => ({
    id: 'activity-list',
    isIn: isAskedFor(query),
    // A later report of a command replaces its row.
    row: (event, now, { state }) => {
      const [said] = conversationOf([event], state.commands)
      return said ? <SaidRow project={project} said={said} now={now} /> : ''
    },
    whole: (events, now, view) => <Conversation project={project} said={saidIn(events, view, query)} now={now} />,
    gap: ({ state }) => replace('activity-gap', <ActivityGap head={state.offset} />),
  }),
  isStill: isPartOfPast,
  async frame(visit, drawn) {
    const { shown, asked: query, now, layout } = visit
    const { events, older, newer, isNewest } = await partOfLog(visit, isAskedFor(query))
    const [project, said] = [shown.project.name, saidIn(events, shown.view, query)]
    const hrefOf = (place: Parameters<typeof activitySearch>[1]) =>
      addressOf(ADDRESSES.chat, { name: project }, activitySearch(query, place))
    return (
      <PartPage {...layout} project={project} name="Chat" kind="page">
        <div class="heading heading--part">
          <h1 tabindex={-1}>Chat</h1>
        </div>
        <section id="activity" class="card wide" aria-labelledby="activity-title">
          <header class="card__head">
            <h2 id="activity-title">{isNewest ? 'Newest first' : 'Earlier'}</h2>
            {drawn['chat-note']}
            <NewEvents />
          </header>
          <div class="narrow">
            <Search among="chat" action={addressOf(ADDRESSES.chat, { name: project })} text={query.text} />
            {isNewest ? null : (
              <PartLink class="button" href={hrefOf({})}>
                To the newest
              </PartLink>
            )}
          </div>
          <Newer hrefOf={hrefOf} offset={newer} />
          <Conversation project={project} said={said} now={now} />
          <p class="nothing activity__none">{query.text === undefined ? NOTHING_SAID : 'Nothing that was said holds this text.'}</p>
          {older !== undefined && events.length < PAGE_ROWS ? (
            <p class="nothing older-note">Looked down to event {older.toLocaleString('en')}.</p>
          ) : null}
          <Older hrefOf={hrefOf} offset={older} />
          <ActivityGap head={shown.view.state.offset} />
        </section>
      </PartPage>
    )
  },
})

const NOTHING_SAID = 'Nothing was said yet. Messages (chat_message) and commands (command_execution) that are reported appear here.'
