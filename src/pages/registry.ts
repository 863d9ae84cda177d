import type { LivePage, PageNews } from '../live/live-page.ts'
import { activityPage } from './activity.tsx'
import { attentionPage } from './attention.tsx'
import { chatPage } from './chat.tsx'
import { eventPage } from './event.tsx'
import { flowPage } from './flow.tsx'
import { overviewPage } from './overview/overview.tsx'
import type { Audiences } from './audiences.ts'
import type { Page, Topic } from './page.ts'
import { peekPage } from './peek.tsx'
import { projectPage } from './project.tsx'
import { agentPage, storyPage } from './story-and-agent.tsx'
import { timelinePage } from './timeline.tsx'

/** Every page; `web` serves their routes, and their websockets below `/live`. */
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

/** The topic of a page's address, if it has one. */
export function topicAt(url: URL): Topic | undefined {
  for (const page of PAGES) {
    const topic = page.topicAt(url)
    if (topic) return topic
  }
  return undefined
}

function topicOf(address: string): Topic {
  const topic = topicAt(new URL(address, 'http://topic'))
  if (!topic) throw new TypeError(`no page is kept for the topic ${address}`)
  return topic
}

/** The project of a topic, if it shows only one. */
export const projectOf = (address: string): string | undefined => (address === '' ? undefined : topicOf(address).project)

/** Opens the page of a topic for the feed. */
export const openPage =
  (audiences: Audiences) =>
  (address: string, news: PageNews): Promise<() => LivePage> =>
    audiences.open(topicOf(address), address, news)
