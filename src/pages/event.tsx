import { RefusedError } from '../domain/refused.ts'
import { ADDRESSES } from '../../views/atoms/part-href.ts'
import { EventFields, EventHead, EventJson, EventPlace } from '../../views/event/event-detail.tsx'
import { PartPage } from '../../views/pages/part.tsx'
import { pageOfProject, type Visit } from './page-of-project.ts'

const OFFSET = /^[1-9]\d{0,15}$/

/** An event with all its fields. It never changes; with `?at=` its links stay at that moment. */
export const eventPage = pageOfProject({
  address: ADDRESSES.event,
  asks: { read: (_, { offset = '' }) => offset, write: (offset: string) => ({ names: { offset } }) },
  async frame(visit) {
    const { shown, layout, now } = visit
    const project = shown.project.name
    const { event, first, head } = await readEvent(visit)
    const props = { project, event, first, head, now }
    return (
      <PartPage {...layout} project={project} name={`Event ${event.offset}`} kind="event" among={{ id: 'activity', word: 'Activity' }}>
        <EventHead {...props} />
        <EventPlace {...props} />
        <EventFields event={event} />
        <EventJson project={project} event={event} />
      </PartPage>
    )
  },
})

async function readEvent({ shown: { project, view, at }, asked: text, deps }: Visit<string>) {
  if (!OFFSET.test(text)) throw new RefusedError('NOT_FOUND', `An event is named by its offset, such as 1, not by "${text.slice(0, 40)}".`)
  const offset = Number(text)
  const read = await deps.eventLog.read(project.name, { after: offset - 1, upTo: offset, limit: 1 })
  const { first } = read
  const head = at === undefined ? read.head : view.state.offset
  const event = offset > head ? undefined : read.events[0]
  if (!event && offset < first) throw new RefusedError('GONE', `Events before offset ${first} were removed by retention.`)
  if (!event) throw new RefusedError('NOT_FOUND', noneYet(offset, head, at))
  return { event, first, head }
}

const noneYet = (offset: number, head: number, at: string | undefined) =>
  at === undefined
    ? `There is no event ${offset} yet: the last one is ${head}.`
    : `At that moment there was no event ${offset} yet: the last one was ${head}.`
