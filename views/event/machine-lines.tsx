import { bothEnds } from '../../src/domain/events/loose-fields.ts'
import { isExpectedTddStep, tddAgent } from '../../src/domain/project/tdd-machine.ts'
import { isExpectedWorkflowStep } from '../../src/domain/project/workflow-machine.ts'
import { ForeignCode, visibleText } from '../atoms/foreign-text.tsx'
import type { EventOf, Line } from './line.ts'

type MachineEvent = EventOf<'workflow_transition' | 'tdd_transition' | 'tdd_cycle_started' | 'tdd_progress_update' | 'tdd_cycle_completed'>

export function machineLine(event: MachineEvent): Line {
  switch (event.type) {
    case 'workflow_transition':
      return workflowLine(event)
    case 'tdd_transition':
      return tddLine(event)
    case 'tdd_cycle_started':
      return { icon: 'step', who: 'Cycle', what: 'began', storyId: event.story_id }
    case 'tdd_progress_update':
      return { icon: 'step', who: 'Cycle', what: progressWords(event.progress), storyId: event.story_id }
    case 'tdd_cycle_completed':
      return { icon: 'done', who: 'Cycle', what: 'finished', storyId: event.story_id }
  }
}

function workflowLine(event: EventOf<'workflow_transition'>): Line {
  const from = event.old_state ?? undefined
  return {
    icon: 'step',
    who: event.user ?? 'Workflow',
    what: (
      <>
        {event.command ? <State name={event.command} /> : null}
        {event.command ? ', ' : null}
        <Step from={from} to={event.new_state} />
      </>
    ),
    isUnexpected: !isExpectedWorkflowStep(from, event.new_state),
  }
}

function tddLine(event: EventOf<'tdd_transition'>): Line {
  const from = event.old_state ?? undefined
  return {
    icon: event.new_state === 'commit' ? 'done' : 'step',
    who: tddAgent(event.new_state) ?? 'Cycle',
    what: (
      <>
        <Step from={from} to={event.new_state} />
        {event.inferred ? ', concluded from a later report' : null}
      </>
    ),
    storyId: event.story_id,
    isUnexpected: !isExpectedTddStep(from, event.new_state),
  }
}

const State = ({ name }: { name: string }) => <code dir="auto">{visibleText(name, 60)}</code>

const Step = ({ from, to }: { from: string | undefined; to: string }) => (
  <>
    {from === undefined ? 'is in ' : <State name={from} />}
    {from === undefined ? null : ' to '}
    <State name={to} />
  </>
)

function progressWords(progress: number | null | undefined): string {
  return typeof progress === 'number' ? `is ${Math.round(progress * 100)} % through` : 'moves on'
}

/** An event of somebody's own: its type and its fields, as they came. */
export function foreignLine(event: { type: string }): Line {
  const known = new Set(['type', 'id', 'offset', 'received_at', 'timestamp', 'project'])
  const fields = Object.entries(event).filter(([name]) => !known.has(name))
  return {
    icon: 'other',
    who: event.type,
    what: fields.length === 0 ? 'without fields' : <ForeignCode text={fields.map(fieldText).join(', ')} limit={160} />,
  }
}

const FIELD_LIMIT = 300

function fieldText([name, value]: [string, unknown]): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
  return `${name}: ${text.length > FIELD_LIMIT ? bothEnds(text, FIELD_LIMIT) : text}`
}
