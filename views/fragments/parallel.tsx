import type { FC } from 'hono/jsx'
import type { Parallel } from '../../src/domain/reports.ts'
import { visibleText } from './foreign-text.tsx'
import { Since } from './since.tsx'

const DEPTH = 3
const SHOWN = 24

/** What the orchestrator says of its parallel cycles: any object, so every figure is shown under its own name. */
export const ParallelFigures: FC<{ parallel: Parallel | undefined; now: number }> = ({ parallel, now }) => {
  if (parallel === undefined) return null
  const figures = figuresOf(parallel.data)
  return (
    <details id="parallel" class="parallel">
      <summary>
        Parallel cycles, reported <Since at={parallel.at} now={now} />
      </summary>
      <dl>
        {figures.slice(0, SHOWN).map(([name, value]) => (
          <div>
            <dt>
              <bdi>{visibleText(name, 60)}</bdi>
            </dt>
            <dd>
              <bdi>{visibleText(value, 80)}</bdi>
            </dd>
          </div>
        ))}
      </dl>
      {figures.length > SHOWN ? <p>{figures.length - SHOWN} more figures</p> : null}
    </details>
  )
}

/** Every leaf with the path that leads to it; lists say how long they are. */
function figuresOf(value: Record<string, unknown>, path: string[] = []): [string, string][] {
  return Object.entries(value)
    .slice(0, 4 * SHOWN)
    .flatMap(([key, each]) => leaves(each, [...path, key]))
}

function leaves(value: unknown, path: string[]): [string, string][] {
  const name = path.join(' › ').replaceAll('_', ' ')
  if (Array.isArray(value)) return [[name, value.length === 0 ? 'none' : `${value.length} entries`]]
  if (isRecord(value)) return path.length < DEPTH ? figuresOf(value, path) : [[name, '…']]
  return [[name, typeof value === 'string' ? value : (JSON.stringify(value) ?? '')]]
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
