import type { FC } from 'hono/jsx'

/** Stands for an unchanged list member in a frame: the page's script puts the element on screen in its place. */
export const UnchangedStub: FC<{ id: string }> = ({ id }) => <li id={id} data-kept="" />

export type UnchangedMembers = { unchanged?: ReadonlySet<string> | undefined }
