import { openDrawings } from './drawing.ts'

const LINES = {
  agent: 'M2.5 6.5a2 2 0 0 1 2-2h7a2 2 0 0 1 2 2v4a2 2 0 0 1-2 2h-7a2 2 0 0 1-2-2ZM8 4.5v-2M5.8 8v1M10.2 8v1',
  figure: 'M2.5 13.5v-5M6.2 13.5v-9M9.8 13.5v-3.5M13.5 13.5v-11',
  file: 'M4 1.8h5.5L12.5 4.8v9.4H4ZM9.3 2v3h3',
  other: 'M8 8h.01M3.5 8h.01M12.5 8h.01',
  pin: 'M5.5 2h5M6.3 2v4.2L4 9h8L9.7 6.2V2M8 9v5',
  search: 'M11.2 11.2 14.5 14.5M12.5 7A5.5 5.5 0 1 1 1.5 7a5.5 5.5 0 0 1 11 0Z',
  step: 'M2.5 8h10M9 4.5 12.5 8 9 11.5',
  talk: 'M2 3.5h12v7.5H7l-3 2.8V11H2Z',
  tool: 'M2.5 4.5 6 8l-3.5 3.5M7.5 12h6',
} as const

export type IconName = keyof typeof LINES

const drawing = openDrawings<IconName>((name) => (
  <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
    <path class="line" d={LINES[name]} />
  </svg>
))

export const Icon = ({ name }: { name: IconName }) => drawing(name)
