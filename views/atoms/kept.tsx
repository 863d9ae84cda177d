import type { FC } from 'hono/jsx'

/**
 * A member of a list that did not change, in a frame that sends the list: what is on screen under this id stays as it is,
 * and stands here (static/live.js). A moved card costs the card and not its board.
 */
export const Kept: FC<{ id: string }> = ({ id }) => <li id={id} data-kept="" />

/** Members that a frame need not send again, by their own id; in a page there are none. */
export type KeptMembers = { kept?: ReadonlySet<string> | undefined }
