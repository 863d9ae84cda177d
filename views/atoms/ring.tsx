import { html } from 'hono/html'
import type { FC } from 'hono/jsx'
import { TDD_STATES } from '../../src/domain/project/tdd-machine.ts'
import { type PhasedCycle, type PhaseMark, phaseMarks, phaseWords } from '../story/phase-times.ts'
import { openDrawings } from './drawing.ts'
import { visibleText } from './foreign-text.tsx'

const CENTRE = 12
const RADIUS = 9.6
const GAP_DEGREES = 14
const SPAN_DEGREES = 360 / TDD_STATES.length

/** One arc a phase, clockwise from the top. */
const ARCS = TDD_STATES.map((_, index) => {
  const start = index * SPAN_DEGREES + GAP_DEGREES / 2
  return `M${point(start)}A${RADIUS} ${RADIUS} 0 0 1 ${point(start + SPAN_DEGREES - GAP_DEGREES)}`
})

function point(degrees: number): string {
  const radians = ((degrees - 90) * Math.PI) / 180
  return `${(CENTRE + RADIUS * Math.cos(radians)).toFixed(1)} ${(CENTRE + RADIUS * Math.sin(radians)).toFixed(1)}`
}

const KINDS: readonly PhaseMark[] = ['ahead', 'visited', 'current', 'unexpected']

/** Rings by their five marks: there are few such pictures. Arcs of one kind are one path. */
const drawing = openDrawings((marks) => {
  const kinds = marks.split(' ')
  const lineOf = (kind: PhaseMark) => ARCS.filter((_, index) => kinds[index] === kind).join('')
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true">
      {KINDS.filter((kind) => kinds.includes(kind)).map((kind) => (
        <path class={`arc arc--${kind}`} d={lineOf(kind)} />
      ))}
    </svg>
  )
})

/** A cycle as a ring of five arcs: the place says the phase, the surrounding tone says the state. */
export const Ring: FC<{ cycle: PhasedCycle }> = ({ cycle }) => ring(cycle)

/** The same, for templates. */
export function ring(cycle: PhasedCycle) {
  const words = `${visibleText(cycle.storyId, 64)}: ${visibleText(phaseWords(cycle), 80)}`
  // A template escapes as JSX does, and is made in half the time: every row of every flush has three.
  return html`<span class="cycle-ring" role="img" aria-label="${words}" title="${words}">${drawing(phaseMarks(cycle).join(' '))}</span>`
}
