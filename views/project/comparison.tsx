import type { FC } from 'hono/jsx'
import type { Difference } from '../../src/domain/project/state-differences.ts'
import { visibleText } from '../atoms/foreign-text.tsx'
import { foremost } from '../../src/domain/bounded.ts'

/** Of a project that lived on, everything differs: the first ones of each kind tell enough. */
const SHOWN = 12
const KINDS = [
  { kind: 'workflow', title: 'Workflow' },
  { kind: 'cycle', title: 'Stories' },
  { kind: 'agent', title: 'Agents' },
  { kind: 'approval', title: 'Approvals' },
] as const

/** What is not as it was: then beside now. */
export const Comparison: FC<{ differences: readonly Difference[] }> = ({ differences }) => (
  <section id="comparison" class="card" aria-labelledby="comparison-title">
    <header class="card__head">
      <h2 id="comparison-title">Then and now</h2>
      <p>{differences.length === 1 ? '1 difference' : `${differences.length} differences`}</p>
    </header>
    {differences.length === 0 ? <p class="nothing">Workflow, stories, agents and approvals are as they were then.</p> : null}
    {differences.length === 0 ? null : (
      <table class="comparison">
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col">Then</th>
            <th scope="col">Now</th>
          </tr>
        </thead>
        {KINDS.map(({ kind, title }) => (
          <DifferencesOfKind title={title} differences={differences.filter((one) => one.kind === kind)} />
        ))}
      </table>
    )}
  </section>
)

const DifferencesOfKind: FC<{ title: string; differences: readonly Difference[] }> = ({ title, differences }) => {
  if (differences.length === 0) return null
  const { kept, left, total } = foremost(differences, SHOWN)
  return (
    <tbody>
      <tr>
        <th class="comparison__kind" scope="rowgroup" colspan={3}>
          {title}
          {left.length > 0 ? `, the first ${kept.length} of ${total}` : ''}
        </th>
      </tr>
      {kept.map(({ name, was, is }) => (
        <tr>
          <th scope="row">
            <bdi>{visibleText(name, 80)}</bdi>
          </th>
          <td>
            <Word text={was} absent="not there yet" />
          </td>
          <td>
            <Word text={is} absent="no longer there" />
          </td>
        </tr>
      ))}
    </tbody>
  )
}

const Word: FC<{ text: string | undefined; absent: string }> = ({ text, absent }) =>
  text === undefined ? <span class="comparison__absent">{absent}</span> : <bdi>{visibleText(text, 60)}</bdi>
