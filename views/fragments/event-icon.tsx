import type { FC } from 'hono/jsx'
import { Shape } from './shape.tsx'

export type EventIconName = 'step' | 'tool' | 'ask' | 'done' | 'failed' | 'talk' | 'file' | 'agent' | 'figure' | 'other'

const DRAWN: Partial<Record<EventIconName, string>> = {
  step: 'M2.5 8h10M9 4.5 12.5 8 9 11.5',
  tool: 'M2.5 4.5 6 8l-3.5 3.5M7.5 12h6',
  talk: 'M2 3.5h12v7.5H7l-3 2.8V11H2Z',
  file: 'M4 1.8h5.5L12.5 4.8v9.4H4ZM9.3 2v3h3',
  agent: 'M2.5 6.5a2 2 0 0 1 2-2h7a2 2 0 0 1 2 2v4a2 2 0 0 1-2 2h-7a2 2 0 0 1-2-2ZM8 4.5v-2M5.8 8v1M10.2 8v1',
  figure: 'M2.5 13.5v-5M6.2 13.5v-9M9.8 13.5v-3.5M13.5 13.5v-11',
  other: 'M8 8h.01M3.5 8h.01M12.5 8h.01',
}

/** The kind of an event; the line says it in words. */
export const EventIcon: FC<{ name: EventIconName }> = ({ name }) => {
  if (name === 'ask') return <Shape name="diamond" class="tone-needs" />
  if (name === 'failed') return <Shape name="octagon" class="tone-failed" />
  if (name === 'done') return <Shape name="check" class="tone-done" />
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path class="line" d={DRAWN[name]} />
    </svg>
  )
}
