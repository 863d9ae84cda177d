import type { FC } from 'hono/jsx'
import { type FlowTold, flowFigures } from '../../src/domain/summary/flow-figures.ts'
import { dollars } from '../atoms/figures.ts'
import { ADDRESSES, addressOf, atMoment } from '../atoms/part-href.ts'
import { Fact, Facts } from '../atoms/facts.tsx'
import { durationWords, KINDS } from './timings.tsx'

const DAYS = 30

export const FlowCard: FC<{ project: string; state: FlowTold; now: number; at?: string | undefined }> = ({ project, state, now, at }) => {
  const { timings, completed, medianCostUsd } = flowFigures(state, now, DAYS)
  return (
    <section id="flow" class="card" aria-labelledby="flow-title">
      <header class="card__head">
        <h2 id="flow-title">Flow</h2>
        <p>in {DAYS} days, half within</p>
        <p class="card__aside">
          <a href={atMoment(addressOf(ADDRESSES.flow, { name: project }), at)}>All figures</a>
        </p>
      </header>
      <Facts>
        {KINDS.map(({ kind, word }) => (
          <Fact name={word}>{timings[kind].count === 0 ? 'not measured' : durationWords(timings[kind].medianMs)}</Fact>
        ))}
        <Fact name="Stories completed">{completed.toLocaleString('en')}</Fact>
        <Fact name="Cost per story">{medianCostUsd === undefined ? 'not reported' : dollars(medianCostUsd)}</Fact>
      </Facts>
    </section>
  )
}
