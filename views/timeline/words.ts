import type { Bar } from '../../src/domain/timeline/lane.ts'
import { MIXED } from '../../src/domain/timeline/lane.ts'
import { SILENT } from '../../src/domain/timeline/lane-at.ts'
import type { Mark, MarkKind } from '../../src/domain/timeline/lane-marks.ts'
import { isTddState } from '../../src/domain/project/tdd-machine.ts'
import { workflowWord } from '../../src/domain/project/workflow-machine.ts'
import { visibleText } from '../atoms/foreign-text.tsx'
import { relativeTime } from '../atoms/relative-time.ts'
import { workflowLook, type Tone } from '../atoms/state-look.ts'

export type LaneKind = 'workflow' | 'story' | 'agent'

const AGENT_STATES = new Map<string, { word: string; tone: Tone }>([
  ['working', { word: 'working', tone: 'working' }],
  ['needs_input', { word: 'needs input', tone: 'needs' }],
  ['waiting', { word: 'waiting', tone: 'idle' }],
  [SILENT, { word: 'silent', tone: 'stale' }],
  ['idle', { word: 'idle', tone: 'idle' }],
  ['failed', { word: 'failed', tone: 'failed' }],
])

export function stateWord(kind: LaneKind, { state, steps }: Pick<Bar, 'state' | 'steps'>): string {
  if (state === MIXED) return `${steps} steps`
  if (state === 'asks') return 'waits for an answer'
  if (kind === 'agent') return AGENT_STATES.get(state)?.word ?? visibleText(state, 40)
  return kind === 'workflow' ? visibleText(workflowWord(state), 40) : visibleText(state, 40)
}

/** The pattern that a state is drawn with: one of a bounded number, each told apart without its colour. */
export function fillOf(kind: LaneKind, state: string): string {
  if (state === MIXED) return 'mixed'
  if (state === 'asks') return 'needs'
  if (kind === 'story') return isTddState(state) ? state : 'other'
  if (kind === 'workflow') return workflowLook(state).tone
  return state === 'waiting' ? 'waiting' : (AGENT_STATES.get(state)?.tone ?? 'other')
}

export function toneOf(kind: LaneKind, state: string): Tone {
  const fill = fillOf(kind, state)
  if (kind === 'story') return fill === 'needs' ? 'needs' : 'working'
  return kind === 'workflow' ? workflowLook(state).tone : (AGENT_STATES.get(state)?.tone ?? 'idle')
}

/** `13:02:11`, in UTC; with the day where a window is longer than one. */
function clockOf(at: number, hasDay: boolean): string {
  const iso = new Date(at).toISOString()
  return hasDay ? `${iso.slice(0, 10)} ${iso.slice(11, 19)}` : iso.slice(11, 19)
}

/** `S-12 code_green, 4 min 12 s, 13:02:11 to 13:06:23 UTC, by agent-3` */
export function barTitle(name: string, word: string, { bar, kind, hasDay }: { bar: Bar; kind: LaneKind; hasDay: boolean }): string {
  const { start, end, by, isUnexpected } = bar
  const when =
    end === undefined
      ? `since ${clockOf(start, hasDay)} UTC`
      : `${relativeTime(start, end, 'waiting')}, ${clockOf(start, hasDay)} to ${clockOf(end, hasDay)} UTC`
  const parts = [
    `${name} ${word}`,
    when,
    by === undefined ? '' : `${kind === 'agent' ? 'on' : 'by'} ${visibleText(by, 40)}`,
    isUnexpected ? 'unexpected step' : '',
  ]
  return parts.filter(Boolean).join(', ')
}

type MarkLook = { word: string; shape: 'diamond' | 'check' | 'octagon' | 'square' | 'ring' | 'circle'; tone: Tone; weight: number }

const MARK_LOOKS: Record<MarkKind, MarkLook> = {
  error: { word: 'error', shape: 'octagon', tone: 'failed', weight: 5 },
  ci_failed: { word: 'CI failed', shape: 'octagon', tone: 'failed', weight: 4 },
  command_failed: { word: 'command', shape: 'octagon', tone: 'failed', weight: 4 },
  asked: { word: 'asked', shape: 'diamond', tone: 'needs', weight: 3 },
  denied: { word: 'denied by', shape: 'square', tone: 'paused', weight: 2 },
  allowed: { word: 'allowed by', shape: 'check', tone: 'done', weight: 1 },
  withdrawn: { word: 'withdrawn:', shape: 'circle', tone: 'idle', weight: 1 },
  ci_passed: { word: 'CI passed', shape: 'check', tone: 'working', weight: 1 },
  ci_running: { word: 'CI began', shape: 'ring', tone: 'working', weight: 0 },
  command: { word: 'command', shape: 'square', tone: 'ready', weight: 0 },
}

export const markLook = ({ kind }: Mark): MarkLook => MARK_LOOKS[kind]

/** `13:02:11 UTC, asked run the migration, S-12` */
export function markTitle(mark: Mark, hasDay: boolean): string {
  const { text, storyId, at } = mark
  const said = [markLook(mark).word, text && visibleText(text, 80)].filter(Boolean).join(' ')
  return [said, `${clockOf(at, hasDay)} UTC`, storyId === undefined ? '' : visibleText(storyId, 40)].filter(Boolean).join(', ')
}
