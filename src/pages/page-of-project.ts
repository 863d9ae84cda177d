import type { Child } from 'hono/jsx'
import { RefusedError } from '../domain/refused.ts'
import { type EventList, type LivePage, openSections, type PageNews, type PageSection, type Shown } from '../live/live-page.ts'
import type { ProjectReads } from '../projection/projections.ts'
import { addressOf } from '../../views/atoms/part-href.ts'
import type { Frame } from '../../views/shell/layout.tsx'
import { namesIn, type Names, routesOf } from './address.ts'
import type { Answer, Markup, PageDeps, PageRequest, Topic } from './page.ts'
import { projectFrame, viewProject } from './serve-page.ts'

/** What a page's address asks for beside the project, in one spelling, so that viewers share a topic. */
export type Asks<Asked> = {
  /** Undefined where the address names nothing. */
  read(search: URLSearchParams, names: Names): Asked | undefined
  write(asked: Asked): { names?: Names; search?: string }
}

export const NOTHING_ELSE: Asks<null> = { read: () => null, write: () => ({}) }

export type Drawn<Id extends string> = { [id in Id]?: Child }

/** What is known when a page is drawn for a request; `layout` is for its document. */
export type Visit<Asked> = { shown: Shown; now: number; asked: Asked; request: PageRequest; deps: PageDeps; layout: Frame }

export type PageParts<Asked, Id extends string> = {
  /** Its route, topic and websocket derive from this. */
  address: string
  asks: Asks<Asked>
  /** Without sections or `open` nothing is kept current. */
  sections?(asked: Asked, first: Shown): readonly PageSection<Id>[]
  list?(asked: Asked, project: string): EventList
  /** Opens the live page where sections are not enough. The returned function is called when everything is read. */
  open?(asking: Asking<Asked>): Promise<(first: Shown) => LivePage>
  /** True for an address of the past, which stands still. */
  isStill?(search: URLSearchParams): boolean
  /** Where to redirect when the address names a moment in other words. */
  elsewhere?(visit: Omit<Visit<Asked>, 'layout'>): Promise<string | undefined>
  /** The document, with each section once. */
  frame(visit: Visit<Asked>, drawn: Drawn<Id>): Markup
}

export type Asking<Asked> = { project: string; asked: Asked; deps: PageDeps; news: PageNews }

/** A page of one project: the first paint renders all sections into its frame; viewers are sent those that changed. */
export function pageOfProject<Asked, Id extends string = never>(parts: PageParts<Asked, Id>) {
  const { address, asks, sections } = parts

  function topicOf(project: string, asked: Asked): Topic | undefined {
    if (!sections && !parts.open) return undefined
    const { names, search } = asks.write(asked)
    return {
      address: addressOf(address, { ...names, name: project }, search),
      project,
      async open(deps, news, rights) {
        await deps.projections.view(project)
        const begin = parts.open ? await parts.open({ project, asked, deps, news }) : (first: Shown) => open(first, asked, deps.now)
        return () => begin({ ...shownNow(deps.projections, project), rights })
      },
    }
  }

  const open = (first: Shown, asked: Asked, now: () => number): LivePage =>
    openSections(first, { sections: sections?.(asked, first) ?? [], list: parts.list?.(asked, first.project.name), now })

  const draw = (shown: Shown, asked: Asked, now: number) => drawSections(sections?.(asked, shown) ?? [], shown, now)

  async function answer(request: PageRequest, deps: PageDeps): Promise<Answer> {
    const viewed = await viewProject(request, deps)
    if ('to' in viewed) return viewed
    const asked = asks.read(request.url.searchParams, namesIn(address, request.url) ?? {})
    if (asked === undefined) throw new RefusedError('NOT_FOUND', 'The address names nothing. Begin at the project.')
    const visit = { ...viewed, asked, request, deps }
    const to = await parts.elsewhere?.(visit)
    if (to !== undefined) return { to, status: 303 }
    const topic = parts.isStill?.(request.url.searchParams) ? undefined : topicOf(viewed.shown.project.name, asked)?.address
    const layout = projectFrame(request, deps, { ...viewed, topic })
    return { html: await parts.frame({ ...visit, layout }, draw(viewed.shown, asked, viewed.now)) }
  }

  function topicAt(url: URL): Topic | undefined {
    const { name, ...names } = namesIn(address, url) ?? {}
    const asked = name === undefined ? undefined : asks.read(url.searchParams, names)
    return name === undefined || asked === undefined ? undefined : topicOf(name, asked)
  }

  return { ...parts, routes: routesOf(address), answer, topicAt, open, draw }
}

function drawSections<Id extends string>(sections: readonly PageSection<Id>[], shown: Shown, now: number): Drawn<Id> {
  const drawn: Drawn<Id> = {}
  for (const { id, render } of sections) drawn[id] = render(shown, now)
  return drawn
}

function shownNow(projections: ProjectReads, name: string): Shown {
  const [view, summary] = [projections.loaded(name), projections.summary(name)]
  if (!view || !summary) throw new Error(`the state of ${name} could not be read`)
  return { project: summary.project, summary, view }
}
