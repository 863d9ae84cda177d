/**
 * A frame: fragments of HTML, and where to resume. The page's script puts `since` and `made` into the socket's address.
 * `lastEventAt` and `now` are ms since 1970 by the server's clock, so that ages do not depend on the browser's.
 * `events` counts what is new since the previous frame.
 */
export type LiveFrame = FrameHead & { now: number; events: number }

export type FrameHead = { content: string; since: string; lastEventAt: number | undefined }

/** A frame as text. */
export const frameText = ({ now, events, ...head }: LiveFrame): string => stampHead(JSON.stringify(head), now, events)

/** Completes a frame from the JSON of its head, which viewers share. */
export const stampHead = (head: string, now: number, events: number): string => `${head.slice(0, -1)},"now":${now},"events":${events}}`

/** Adds a field to a frame. */
export const withField = (frame: string, name: string, value: unknown): string => `{"${name}":${JSON.stringify(value)},${frame.slice(1)}`

/** Replaces the element with this id, keeping focus and unchanged parts. */
export const replace = (id: string, html: unknown): string => `<hx-partial id="${id}" hx-swap="outerMorph">${String(html)}</hx-partial>`

/** Adds rows to a list sorted by `data-offset`, newest first; known rows are replaced. */
export const upsert = (listId: string, html: string): string =>
  `<hx-upsert hx-target="#${listId}" key="data-offset" sort="desc">${html}</hx-upsert>`

/** Replaces the contents of an element. */
export const within = (id: string, html: unknown): string =>
  `<hx-partial hx-target="#${id}" hx-swap="innerMorph">${String(html)}</hx-partial>`
