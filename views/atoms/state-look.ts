import type { AttentionWord } from '../../src/domain/summary/attention.ts'
import type { WordAt } from '../../src/domain/project/words-at.ts'
import { workflowWord } from '../../src/domain/project/workflow-machine.ts'

export type ShapeName =
  'diamond' | 'octagon' | 'dashed' | 'ring' | 'bars' | 'eye' | 'square' | 'list' | 'circle' | 'check' | 'hourglass' | 'question'

/** One class (`tone-needs`) sets the four colours of a state: text, fill, tint, edge. */
export type Tone = 'needs' | 'failed' | 'stale' | 'working' | 'paused' | 'review' | 'planned' | 'ready' | 'idle' | 'done'

export type Look = { word: string; shape: ShapeName; tone: Tone }

export const ATTENTION_LOOKS: Record<AttentionWord, Look> = {
  needs_you: { word: 'Needs you', shape: 'diamond', tone: 'needs' },
  blocked: { word: 'Blocked', shape: 'octagon', tone: 'failed' },
  failed: { word: 'Failed', shape: 'octagon', tone: 'failed' },
  in_review: { word: 'In review', shape: 'eye', tone: 'review' },
  stale: { word: 'Silent', shape: 'dashed', tone: 'stale' },
  working: { word: 'Working', shape: 'ring', tone: 'working' },
  waiting: { word: 'Waiting', shape: 'hourglass', tone: 'idle' },
  paused: { word: 'Paused', shape: 'bars', tone: 'paused' },
  idle: { word: 'Idle', shape: 'circle', tone: 'idle' },
  done: { word: 'Done', shape: 'check', tone: 'done' },
}

const WORKFLOW_SHAPES = new Map<string, Omit<Look, 'word'>>([
  ['IDLE', { shape: 'circle', tone: 'idle' }],
  ['BACKLOG_READY', { shape: 'list', tone: 'ready' }],
  ['SPRINT_PLANNED', { shape: 'square', tone: 'planned' }],
  ['SPRINT_ACTIVE', { shape: 'ring', tone: 'working' }],
  ['SPRINT_PAUSED', { shape: 'bars', tone: 'paused' }],
  ['PAUSED', { shape: 'bars', tone: 'paused' }],
  ['SPRINT_REVIEW', { shape: 'eye', tone: 'review' }],
  ['BLOCKED', { shape: 'octagon', tone: 'failed' }],
  ['ERROR', { shape: 'octagon', tone: 'failed' }],
])

export function workflowLook(state: string): Look {
  return { ...(WORKFLOW_SHAPES.get(state) ?? UNKNOWN), word: workflowWord(state) }
}

const UNKNOWN = { shape: 'question', tone: 'idle' } as const

const ENDED: Look = { word: 'Ended', shape: 'check', tone: 'done' }

export function wordLook(word: WordAt['word']): Look {
  return word === 'ended' ? ENDED : ATTENTION_LOOKS[word]
}
