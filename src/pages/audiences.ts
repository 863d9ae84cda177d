import { NO_RIGHTS, rightsCode, rightsNamed, rightsOn } from '../auth/rights.ts'
import type { Viewer } from '../auth/viewer.ts'
import { summaryOfFigures } from '../domain/figures-only.ts'
import type { LivePage, PageNews } from '../live/live-page.ts'
import type { Outages } from '../projection/outages.ts'
import type { ProjectChange } from '../projection/projections.ts'
import { type Audience, facing, type Ground, openAudience, projectNamed } from './audience.ts'
import type { PageDeps, Topic } from './page.ts'
import { veiledView } from './veil.ts'

export type Audiences = ReturnType<typeof openAudiences>

const IDLE_KEPT = 64

/**
 * What everybody sees of all projects. People with the same grants are one audience: what is drawn for one of them is right for all.
 * Open it before what shows it, so that it is updated first.
 */
export function openAudiences(ground: Ground) {
  const { policy, projections } = ground
  const everything = openAudience(ground, { id: '', viewer: undefined })
  const others = openOthers(ground)
  const figures = facing(ground, { seen: () => true, isFiguresOnly: () => true, overview: everything.deps.overview })
  const audienceOf = (viewer: Viewer) => (policy.audienceOf(viewer) === '' ? everything : others.of(viewer))
  const watchedBy = (id: string) => (id === '' ? everything : others.known(id))

  projections.onChange((change) => {
    everything.take(change)
    others.take(change)
  })

  return {
    policy,
    /** What those see who may see and act everywhere, and what is counted for metrics. */
    everything: everything.deps,
    of: (viewer: Viewer): PageDeps => audienceOf(viewer).deps,
    /** What a viewer's websocket of a page watches, shared by all who are shown the same; undefined where it may not. */
    topic(viewer: Viewer, { address, project: name }: Pick<Topic, 'address' | 'project'>): string | undefined {
      if (name === undefined) return withSuffix(address, audienceOf(viewer).id)
      // A registry that was lost comes back with the reports; until then their projects are known without settings.
      const project = projectNamed(projections, name) ?? projections.summary(name)?.project
      if (!project || !policy.allows(viewer, 'see', project)) return undefined
      return withSuffix(address, rightsCode(rightsOn(policy, viewer, project)))
    },
    async open(topic: Topic, address: string, news: PageNews): Promise<() => LivePage> {
      const suffix = suffixOf(address)
      if (topic.project === undefined) return openWatched(topic, watchedBy(suffix), news)
      const rights = rightsNamed(suffix)
      const begin = await topic.open(rights.isFiguresOnly ? figures : everything.deps, news, rights)
      return rights.isFiguresOnly ? () => pageOfFigures(begin()) : begin
    },
    outages: (address: string, current: Outages): Outages => watchedBy(suffixOf(address))?.deps.outages() ?? current,
  }
}

function openOthers(ground: Ground) {
  const audiences = new Map<string, Audience>()
  return {
    of(viewer: Viewer): Audience {
      const id = Bun.hash(ground.policy.audienceOf(viewer)).toString(36)
      const audience = audiences.get(id) ?? openAudience(ground, { id, viewer })
      audiences.delete(id)
      audiences.set(id, audience)
      for (const [other, { watched }] of audiences) if (audiences.size > IDLE_KEPT && watched === 0 && other !== id) audiences.delete(other)
      return audience
    },
    known: (id: string): Audience | undefined => audiences.get(id),
    take(change: ProjectChange) {
      for (const audience of audiences.values()) audience.take(change)
    },
  }
}

async function openWatched(topic: Topic, audience: Audience | undefined, news: PageNews): Promise<() => LivePage> {
  if (!audience) throw new Error('an audience was closed before its page was opened')
  const begin = await topic.open(audience.deps, news, NO_RIGHTS)
  audience.watched += 1
  return () => watchedPage(begin(), audience)
}

function pageOfFigures(page: LivePage): LivePage {
  const veiled = (change: ProjectChange) => ({ ...change, view: veiledView(change.view), summary: summaryOfFigures(change.summary) })
  return { ...page, take: (change) => page.take(veiled(change)) }
}

function watchedPage(page: LivePage, audience: Audience): LivePage {
  return {
    ...page,
    take(change) {
      const seen = audience.seen(change)
      return seen !== undefined && page.take(seen)
    },
    close() {
      audience.watched -= 1
      page.close?.()
    },
  }
}

const suffixOf = (address: string) => /#(\w*)$/.exec(address)?.[1] ?? ''
const withSuffix = (address: string, suffix: string) => (suffix === '' ? address : `${address}#${suffix}`)
