import { forEachConcurrently } from '../projection/for-each-concurrently.ts'
import type { Trouble } from '../projection/outages.ts'
import { withField } from './frame.ts'

type Deps = {
  /** Why a topic is not live; undefined while it is. */
  troubleOf(topic: string): Trouble | undefined
  /** What its viewers do not show yet, and where that stands; nothing where nobody was shown the page. */
  current(topic: string): string | undefined
  publish(topic: string, frame: string): void
}

/** What a socket is told when its page stops being live. */
const troubleText = (trouble: Trouble): string => JSON.stringify({ now: Date.now(), trouble })

/**
 * Keeps what the viewers of each topic were told of trouble, so that they are told again only of something else. That there is none
 * is never said alone, but with what the page shows now.
 */
export function openTroubleFrames({ troubleOf, current, publish }: Deps) {
  const told = new Map<string, string>()

  function remember(topic: string, trouble: Trouble | undefined) {
    if (trouble) told.set(topic, JSON.stringify(trouble))
    else told.delete(topic)
  }

  async function tellOf(topic: string): Promise<void> {
    const trouble = troubleOf(topic)
    if (told.get(topic) === (trouble && JSON.stringify(trouble))) return
    remember(topic, trouble)
    if (trouble) return publish(topic, troubleText(trouble))
    const frame = current(topic)
    if (frame !== undefined) publish(topic, withField(frame, 'trouble', null))
  }

  return {
    /** Something went away or came back. */
    tell: (topics: Iterable<string>): Promise<void> => forEachConcurrently([...topics], 1, tellOf),
    /** The first frame of a socket, which says what trouble there is. */
    first(topic: string, frame: string): string {
      const trouble = troubleOf(topic)
      remember(topic, trouble)
      return trouble ? withField(frame, 'trouble', trouble) : frame
    },
    /** What a socket is told that cannot be given its first frame: the log did not answer, whether that is known yet or not. */
    unanswered: (topic: string): string => troubleText(troubleOf(topic) ?? { kind: 'log', since: Date.now() }),
    /** Nobody watches it any more. */
    forget: (topic: string) => void told.delete(topic),
  }
}
