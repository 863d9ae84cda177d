import type { Trouble } from '../projection/outages.ts'

type Deps = {
  /** Why a topic is not live; undefined while it is. */
  troubleOf(topic: string): Trouble | undefined
  publish(topic: string, frame: string): void
}

/** What a socket is told when its page stops being live, and (null) when it is so again. */
const troubleText = (now: number, trouble: Trouble | undefined): string => JSON.stringify({ now, trouble: trouble ?? null })

/** Keeps what the viewers of each topic were told of trouble, so that they are told again only of something else. */
export function openTroubleFrames({ troubleOf, publish }: Deps) {
  const told = new Map<string, string>()

  function remember(topic: string, trouble: Trouble | undefined) {
    if (trouble) told.set(topic, JSON.stringify(trouble))
    else told.delete(topic)
  }

  return {
    /** Something went away or came back. */
    tell(topics: Iterable<string>) {
      for (const topic of topics) {
        const trouble = troubleOf(topic)
        if (told.get(topic) === (trouble && JSON.stringify(trouble))) continue
        remember(topic, trouble)
        publish(topic, troubleText(Date.now(), trouble))
      }
    },
    /** The first frame of a socket, which says what trouble there is; without one, that alone. */
    first(topic: string, frame: string | undefined): string {
      const trouble = troubleOf(topic)
      remember(topic, trouble)
      if (frame === undefined) return troubleText(Date.now(), trouble)
      return trouble ? `${frame.slice(0, -1)},"trouble":${JSON.stringify(trouble)}}` : frame
    },
    /** Nobody watches it any more. */
    forget: (topic: string) => void told.delete(topic),
  }
}
