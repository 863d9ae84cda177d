import type { LivePage, PageNews } from '../live/live-page.ts'
import { activityPage } from './activity.tsx'
import { attentionPage } from './attention.tsx'
import { chatPage } from './chat.tsx'
import { eventPage } from './event.tsx'
import { flowPage } from './flow.tsx'
import { overviewPage } from './overview/overview.tsx'
import type { Page, PageDeps, Topic } from './page.ts'
import { peekPage } from './peek.tsx'
import { projectPage } from './project.tsx'
import { agentPage, storyPage } from './story-and-agent.tsx'
import { timelinePage } from './timeline.tsx'

/** Every page. `web` answers their routes, and their sockets below `/live`. */
export const PAGES: readonly Page[] = [
  overviewPage,
  attentionPage,
  projectPage,
  storyPage,
  agentPage,
  eventPage,
  activityPage,
  chatPage,
  timelinePage,
  flowPage,
  peekPage,
]

/** What is watched at the address of a page; undefined where nothing is. */
export function topicAt(url: URL): Topic | undefined {
  for (const page of PAGES) {
    const topic = page.topicAt(url)
    if (topic) return topic
  }
  return undefined
}

/** The topic of its own address. */
function topicOf(address: string): Topic {
  const topic = topicAt(new URL(address, 'http://topic'))
  if (!topic) throw new TypeError(`no page is kept for the topic ${address}`)
  return topic
}

/** The one project that a topic shows, if it is one. A socket that is refused has no topic. */
export const projectOf = (address: string): string | undefined => (address === '' ? undefined : topicOf(address).project)

/** Opens the page of a topic, as the feed asks for it (see `Topic`). */
export const openPage =
  (deps: PageDeps) =>
  (address: string, news: PageNews): Promise<() => LivePage> =>
    topicOf(address).open(deps, news)
