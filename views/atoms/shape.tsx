import type { Child } from 'hono/jsx'
import type { ShapeName } from './state-look.ts'
import { openDrawings } from './drawing.ts'

/** 16 × 16, in the tone's colours: `fill` is the mark, `line` its outline, `cut` its holes. The word beside it is for screen readers. */
const SHAPES = new Map<string, () => Child>(
  Object.entries<() => Child>({
    diamond: () => <path class="fill" d="M8 1.2 14.8 8 8 14.8 1.2 8Z" />,
    octagon: () => (
      <>
        <path class="fill" d="M5.1 1h5.8L15 5.1v5.8L10.9 15H5.1L1 10.9V5.1Z" />
        <path class="cut" d="M4.4 6.9h7.2v2.2H4.4Z" />
      </>
    ),
    dashed: () => <circle class="line line--dashed" cx="8" cy="8" r="6" />,
    ring: () => (
      <>
        <circle class="line line--track" cx="8" cy="8" r="6" />
        <path class="line line--turning" d="M8 2a6 6 0 1 1-5.2 3" />
      </>
    ),
    bars: () => <path class="fill" d="M3 2h3.6v12H3ZM9.4 2H13v12H9.4Z" />,
    eye: () => (
      <>
        <path class="line" d="M1 8c1.8-3.1 4.1-4.6 7-4.6S13.2 4.9 15 8c-1.8 3.1-4.1 4.6-7 4.6S2.8 11.1 1 8Z" />
        <circle class="fill" cx="8" cy="8" r="2.2" />
      </>
    ),
    square: () => <rect class="fill" x="2" y="2" width="12" height="12" rx="1.5" />,
    list: () => <path class="fill" d="M1.5 2.5h13v2h-13ZM1.5 7h13v2h-13ZM1.5 11.5h9v2h-9Z" />,
    circle: () => <circle class="line" cx="8" cy="8" r="6" />,
    check: () => <path class="line" d="M2.5 8.5 6.3 12.3 13.5 4" />,
    hourglass: () => <path class="line" d="M3.5 1.8h9M3.5 14.2h9M4.5 2v2.5L8 8l3.5-3.5V2M4.5 14v-2.5L8 8l3.5 3.5V14" />,
    question: () => (
      <>
        <circle class="line line--dashed" cx="8" cy="8" r="6" />
        <path class="line" d="M6.2 6.3a1.9 1.9 0 1 1 2.6 1.9c-.6.3-.8.6-.8 1.2M8 11.4v.4" />
      </>
    ),
  } satisfies Record<ShapeName, () => Child>),
)

const drawing = openDrawings((key) => {
  const [name = '', extra = '', size = ''] = key.split('|')
  return (
    <svg
      class={`shape shape--${name}${extra && ` ${extra}`}`}
      viewBox="0 0 16 16"
      aria-hidden="true"
      {...(size ? { width: size, height: size } : {})}
    >
      {SHAPES.get(name)?.()}
    </svg>
  )
})

type ShapeProps = { name: ShapeName; class?: string; size?: number | '' }

/** A state's shape; needs a `tone-…` class around it. With `size` it stands inside another drawing. */
export const Shape = ({ name, class: extra = '', size = '' }: ShapeProps) => drawing(`${name}|${extra}|${size}`)
