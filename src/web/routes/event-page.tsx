import type { Context } from 'hono'
import { Hono } from 'hono'
import { RefusedError } from '../../domain/refused.ts'
import { EventFields, EventHead, EventJson, EventPlace } from '../../../views/event/event-detail.tsx'
import { PartPage } from '../../../views/pages/part.tsx'
import type { Env, WebDeps } from '../env.ts'
import { pageFrame } from '../page-frame.ts'
import { projectPage, type Viewed } from '../viewed.ts'

const OFFSET = /^[1-9]\d{0,15}$/

/** GET /projects/:name/events/:offset — one event: what happened, and all that was told of it. It never changes; with `?at=` its links stay at that moment. */
export function eventPageRoutes(deps: WebDeps) {
  return new Hono<Env>().get(
    '/projects/:name/events/:offset',
    projectPage(deps, (c, viewed) => eventPage(c, deps, viewed)),
  )
}

async function eventPage(c: Context<Env>, deps: WebDeps, { project, view, now, at, frame }: Viewed) {
  const text = c.req.param('offset') ?? ''
  if (!OFFSET.test(text)) throw new RefusedError('NOT_FOUND', `An event is named by its offset, such as 1, not by "${text.slice(0, 40)}".`)
  const offset = Number(text)
  const read = await deps.eventLog.read(project.name, { after: offset - 1, upTo: offset, limit: 1 })
  const { first } = read
  const head = at === undefined ? read.head : view.state.offset
  const event = offset > head ? undefined : read.events[0]
  if (!event && offset < first) throw new RefusedError('GONE', `Events before offset ${first} were removed by retention.`)
  if (!event) throw new RefusedError('NOT_FOUND', noneYet(offset, head, at))
  const props = { project: project.name, event, first, head, now }
  const shown = at === undefined ? pageFrame(c, deps) : frame({ page: 'project', name: project.name })
  return c.html(
    <PartPage {...shown} project={project.name} name={`Event ${offset}`} kind="event" among={{ id: 'activity', word: 'Activity' }}>
      <EventHead {...props} />
      <EventPlace {...props} />
      <EventFields event={event} />
      <EventJson project={project.name} event={event} />
    </PartPage>,
  )
}

const noneYet = (offset: number, head: number, at: string | undefined) =>
  at === undefined
    ? `There is no event ${offset} yet: the last one is ${head}.`
    : `At that moment there was no event ${offset} yet: the last one was ${head}.`
