/**
 * What a socket gets: fragments to put in place, and where to resume. `since` is written into the connection's address by
 * the page's script; `lastEventAt` and `now` (ms since 1970, the server's clock) let the page tell the age of the last
 * event whatever its own clock says; `events` counts what is new, for a page that is paused.
 */
export type LiveFrame = { content: string; since: string; now: number; lastEventAt: number | undefined; events: number }

export const frameText = (frame: LiveFrame): string => JSON.stringify(frame)

/** Puts an element in place of the one with its id, keeping focus and what did not change. */
export const replace = (id: string, html: unknown): string => `<hx-partial id="${id}" hx-swap="outerMorph">${String(html)}</hx-partial>`

/** Adds rows to a list that is sorted by `data-offset`, newest first; a row that is there already shows once. */
export const upsert = (listId: string, html: string): string =>
  `<hx-upsert hx-target="#${listId}" key="data-offset" sort="desc">${html}</hx-upsert>`

/** Puts what is inside an element in place of what is inside it now. */
export const within = (id: string, html: unknown): string =>
  `<hx-partial hx-target="#${id}" hx-swap="innerMorph">${String(html)}</hx-partial>`
