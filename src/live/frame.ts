/**
 * What a socket gets: fragments to put in place, and where to resume. `since` is written into the connection's address by
 * the page's script, and so is `made`, which a frame carries where the page is made from something else afterwards; `lastEventAt` and `now` (ms since 1970, the server's clock) let the page tell the age of the last
 * event whatever its own clock says; `events` counts what is new since the frame before, or since the position that a viewer
 * came back with, for a page that is paused or scrolled.
 */
export type LiveFrame = FrameHead & { now: number; events: number }

/** What viewers who come back from the same position share; the moment at which it is sent is each one's own. */
export type FrameHead = { content: string; since: string; lastEventAt: number | undefined }

/** A frame as a socket gets it. */
export const frameText = ({ now, events, ...head }: LiveFrame): string => stampHead(JSON.stringify(head), now, events)

/** Makes a frame of its head's JSON. */
export const stampHead = (head: string, now: number, events: number): string => `${head.slice(0, -1)},"now":${now},"events":${events}}`

/** A frame that says one thing more, before the rest. */
export const withField = (frame: string, name: string, value: unknown): string => `{"${name}":${JSON.stringify(value)},${frame.slice(1)}`

/** Puts an element in place of the one with its id, keeping focus and what did not change. */
export const replace = (id: string, html: unknown): string => `<hx-partial id="${id}" hx-swap="outerMorph">${String(html)}</hx-partial>`

/** Adds rows to a list that is sorted by `data-offset`, newest first; a row that is there already shows once. */
export const upsert = (listId: string, html: string): string =>
  `<hx-upsert hx-target="#${listId}" key="data-offset" sort="desc">${html}</hx-upsert>`

/** Puts what is inside an element in place of what is inside it now. */
export const within = (id: string, html: unknown): string =>
  `<hx-partial hx-target="#${id}" hx-swap="innerMorph">${String(html)}</hx-partial>`
