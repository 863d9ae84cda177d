import type { FC } from 'hono/jsx'
import { Icon, type IconName } from '../atoms/icon.tsx'
import { Shape } from '../atoms/shape.tsx'

export type EventIconName = Exclude<IconName, 'search'> | 'ask' | 'done' | 'failed'

/** The kind of an event; the line says it in words. */
export const EventIcon: FC<{ name: EventIconName }> = ({ name }) => {
  if (name === 'ask') return <Shape name="diamond" class="tone-needs" />
  if (name === 'failed') return <Shape name="octagon" class="tone-failed" />
  if (name === 'done') return <Shape name="check" class="tone-done" />
  return <Icon name={name} />
}
