import type { FC } from 'hono/jsx'
import { type PhasedCycle, phaseMarks, phaseWords } from './phase-times.ts'
import { openDrawings } from '../atoms/drawing.ts'
import { visibleText } from '../atoms/foreign-text.tsx'
import { isOpenCycle } from '../../src/domain/project/tdd-machine.ts'

const WIDTH = 14
const STEP = 17

const drawing = openDrawings((marks) => (
  <svg viewBox="0 0 82 6" aria-hidden="true">
    {marks.split(' ').map((mark, index) => (
      <>
        <rect class={`mark mark--${mark}`} x={index * STEP + 0.5} y="0.5" width={WIDTH - 1} height="5" rx="1.5" />
        {mark === 'unexpected' ? <path class="mark__hatch" d={hatch(index * STEP)} /> : null}
      </>
    ))}
  </svg>
))

/** Five marks in the order of the cycle: current filled, visited outlined, an unexpected step hatched. */
export const PhaseMarks: FC<{ cycle: PhasedCycle }> = ({ cycle }) => {
  const words = visibleText(phaseWords(cycle), 80)
  return (
    <span class={`marks${isOpenCycle(cycle) ? '' : ' marks--done'}`} role="img" aria-label={words} title={words}>
      {drawing(phaseMarks(cycle).join(' '))}
    </span>
  )
}

function hatch(left: number): string {
  return [3, 7, 11].map((x) => `M${left + x - 2} 6l4-6`).join('')
}
