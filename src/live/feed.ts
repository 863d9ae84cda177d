import type { ProjectChange, Projections } from '../projection/projections.ts'
import type { Watch, Watched } from './hub.ts'

/**
 * A page that somebody watches: what it shows, kept once for all its viewers. Both answers are frames as text. A page
 * renders a fragment again only when what it shows was replaced.
 */
export type LivePage = {
  /** The one project that the page shows; undefined when a change of any project may concern it. */
  project: string | undefined
  /** Takes a change in; true when the page shows something of it. */
  take(change: ProjectChange): boolean
  /** What changed since the last flush, if anything; afterwards the page counts as flushed. */
  flush(): string | undefined
  /** True when the viewer's page was rendered from a later state than this one: another worker may have been ahead. */
  isBehind(since: string | undefined): boolean
  /** What a viewer must be told whose page was rendered at `since`. */
  resume(since: string | undefined): string
}

export type Feed = Watched & {
  /** Pages show something that is no project's: look at all of them again. */
  touch(): void
  close(): void
}

type Deps = {
  projections: Projections
  /** Reads what the page needs; the page itself begins when the result is called, with the state of that moment. */
  preparePage(topic: string): Promise<() => LivePage>
  broadcast(topic: string, frame: string): void
  onError(error: unknown): void
}

/** Between two flushes of a page; the first change after a pause goes out at once. */
const FLUSH_MS = 25

/** Turns changes into frames: each watched page is rendered once per flush, whoever watches. */
export function openFeed({ projections, preparePage, broadcast, onError }: Deps): Feed {
  const pages = new Map<string, Promise<LivePage>>()
  const ready = new Map<string, LivePage>()
  const byProject = new Map<string, Set<string>>()
  const wide = new Set<string>()
  const dirty = new Set<string>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let flushedAt = 0

  function flush() {
    timer = undefined
    flushedAt = performance.now()
    for (const topic of dirty) {
      try {
        const frame = ready.get(topic)?.flush()
        if (frame !== undefined) broadcast(topic, frame)
      } catch (error) {
        // One page that cannot be rendered keeps what it shows; the others go on.
        onError(error)
      }
    }
    dirty.clear()
  }

  function mark(topic: string) {
    dirty.add(topic)
    timer ??= setTimeout(flush, Math.max(0, flushedAt + FLUSH_MS - performance.now()))
  }

  async function openTopic(topic: string): Promise<LivePage> {
    const begin = await preparePage(topic)
    const page = begin()
    if (!pages.has(topic)) return page
    ready.set(topic, page)
    topicsOf(page.project).add(topic)
    return page
  }

  function topicsOf(project: string | undefined): Set<string> {
    if (project === undefined) return wide
    const known = byProject.get(project) ?? new Set()
    byProject.set(project, known)
    return known
  }

  function pageOf(topic: string): Promise<LivePage> {
    const known = pages.get(topic)
    if (known) return known
    const opened = openTopic(topic)
    pages.set(topic, opened)
    opened.catch(() => pages.delete(topic))
    return opened
  }

  projections.onChange((change) => {
    for (const topics of [byProject.get(change.project.name), wide]) {
      for (const topic of topics ?? []) if (ready.get(topic)?.take(change)) mark(topic)
    }
  })

  return {
    async open({ topic, since }: Watch) {
      const page = await pageOf(topic)
      if (page.project !== undefined && page.isBehind(since)) await projections.fresh(page.project)
      return page.resume(since)
    },
    left(topic) {
      const project = ready.get(topic)?.project
      topicsOf(project).delete(topic)
      if (project !== undefined && topicsOf(project).size === 0) byProject.delete(project)
      pages.delete(topic)
      ready.delete(topic)
      dirty.delete(topic)
    },
    touch() {
      for (const topic of ready.keys()) mark(topic)
    },
    close: () => clearTimeout(timer),
  }
}
