import type { FC } from 'hono/jsx'
import type { Parallel } from '../../src/domain/project/reports.ts'
import { visibleText } from '../atoms/foreign-text.tsx'
import { Since } from '../atoms/since.tsx'
import { foremost } from '../../src/domain/bounded.ts'
import { isRecord } from '../../src/domain/events/loose-fields.ts'

const DEPTH = 3
const SHOWN = 24
/** What holds cycles up, and so comes first. */
const HOLDS_UP = /lock|conflict|queue|depend/i
/** By what a member of a list is called, where it has one of them. */
const NAMES = ['story_id', 'cycle_id', 'agent_id', 'id', 'name']

/**
 * What the orchestrator says of its parallel cycles: any object, so every figure is shown under its own name; locks, conflicts,
 * queues and dependencies first.
 */
export const ParallelFigures: FC<{ parallel: Parallel | undefined; now: number }> = ({ parallel, now }) => {
  if (parallel === undefined) return null
  const all = figuresOf(parallel.data)
  const shown = foremost([...all.filter(([name]) => HOLDS_UP.test(name)), ...all.filter(([name]) => !HOLDS_UP.test(name))], SHOWN)
  return (
    <details id="parallel" class="parallel">
      <summary>
        Parallel cycles, reported <Since at={parallel.at} now={now} />
      </summary>
      <dl>
        {shown.kept.map(([name, value]) => (
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
      {shown.left.length > 0 ? <p>{shown.left.length} more figures</p> : null}
    </details>
  )
}

/** Every leaf with the path that leads to it; what lists hold stands by its name, or in one line where it is plain. */
function figuresOf(value: Record<string, unknown>, path: string[] = []): [string, string][] {
  return Object.entries(value).flatMap(([key, each]) => leaves(each, [...path, key]))
}

function leaves(value: unknown, path: string[]): [string, string][] {
  const name = path.join(' › ').replaceAll('_', ' ')
  if (Array.isArray(value)) return leavesOf(value, path, name)
  if (isRecord(value)) return path.length < DEPTH ? figuresOf(value, path) : [[name, '…']]
  return [[name, said(value)]]
}

function leavesOf(list: readonly unknown[], path: string[], name: string): [string, string][] {
  const { kept: first, left } = foremost(list, SHOWN)
  if (list.length === 0) return [[name, 'none']]
  if (!list.some(isRecord)) return [[name, first.map(said).join(', ') + (left.length > 0 ? `, ${left.length} more` : '')]]
  if (path.length >= DEPTH) return [[name, `${list.length} entries`]]
  return list.flatMap((member, index) => leaves(member, [...path, memberLabelOf(member) ?? String(index + 1)]))
}

const memberLabelOf = (member: unknown): string | undefined =>
  isRecord(member) ? NAMES.map((name) => member[name]).find((value) => typeof value === 'string') : undefined

const said = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))
