import { html } from 'hono/html'
import type { FC } from 'hono/jsx'
import { isOpenCycle, TDD_STATES } from '../../src/domain/project/tdd-machine.ts'
import { openDrawings } from './drawing.ts'
import { visibleText } from './foreign-text.tsx'

export type PhaseMark = 'current' | 'unexpected' | 'visited' | 'ahead'

type PhasedCycle = {
  storyId: string
  state: string
  visited: readonly string[]
  isUnexpected: boolean
  completedAt: number | undefined
}

/** One mark per phase. A finished cycle has no current one; an unexpected step shows its target. */
export function marksOf(cycle: PhasedCycle): PhaseMark[] {
  return TDD_STATES.map((phase) => {
    if (phase === cycle.state && isOpenCycle(cycle)) return cycle.isUnexpected ? 'unexpected' : 'current'
    return phase === cycle.state || cycle.visited.includes(phase) ? 'visited' : 'ahead'
  })
}

function phaseWords(cycle: PhasedCycle): string {
  if (!isOpenCycle(cycle)) return 'finished'
  const place = TDD_STATES.findIndex((phase) => phase === cycle.state)
  const where = place < 0 ? cycle.state : `${cycle.state}, phase ${place + 1} of ${TDD_STATES.length}`
  return cycle.isUnexpected ? `${where}, reached by an unexpected step` : where
}

const CENTRE = 12
const RADIUS = 9.6
const GAP_DEGREES = 14
const SPAN_DEGREES = 360 / TDD_STATES.length

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
const ringOf = openDrawings((marks) => {
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

export function Ring({ cycle }: { cycle: PhasedCycle }) {
  const words = `${visibleText(cycle.storyId, 64)}: ${visibleText(phaseWords(cycle), 80)}`
  // Templates escape like JSX and take half the time; every row of every flush has three.
  return html`<span class="cycle-ring" role="img" aria-label="${words}" title="${words}">${ringOf(marksOf(cycle).join(' '))}</span>`
}

const WIDTH = 14
const STEP = 17

const rowOf = openDrawings((marks) => (
  <svg viewBox="0 0 82 6" aria-hidden="true">
    {marks.split(' ').map((mark, index) => (
      <>
        <rect class={`mark mark--${mark}`} x={index * STEP + 0.5} y="0.5" width={WIDTH - 1} height="5" rx="1.5" />
        {mark === 'unexpected' ? <path class="mark__hatch" d={hatch(index * STEP)} /> : null}
      </>
    ))}
  </svg>
))

export const PhaseMarks: FC<{ cycle: PhasedCycle }> = ({ cycle }) => {
  const words = visibleText(phaseWords(cycle), 80)
  return (
    <span class={`marks${isOpenCycle(cycle) ? '' : ' marks--done'}`} role="img" aria-label={words} title={words}>
      {rowOf(marksOf(cycle).join(' '))}
    </span>
  )
}

function hatch(left: number): string {
  return [3, 7, 11].map((x) => `M${left + x - 2} 6l4-6`).join('')
}
