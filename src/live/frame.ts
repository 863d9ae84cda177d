/** Fragments of HTML, and where to resume. Ages use the server's `now` (ms since 1970), whatever the browser's clock says. */
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
