import { raw } from 'hono/html'
import type { FC } from 'hono/jsx'
import { Shape } from '../atoms/shape.tsx'
import { TDD_STATES } from '../../src/domain/project/tdd-machine.ts'

/** Each state is a pattern: phases by a ramp of ink and lines, others by tone and lines, with the word beside it. */
type Fill = { name: string; tone: string; size: number; lines: string }

const slanted = 'M-2 2 2 -2M0 8 8 0M6 10 10 6'
const leaning = 'M-2 6 2 10M0 0 8 8M6 -2 10 2'

const FILLS: readonly Fill[] = [
  { name: 'design', tone: 'ink-1', size: 8, lines: '' },
  { name: 'test_red', tone: 'ink-2', size: 8, lines: slanted },
  { name: 'code_green', tone: 'ink-3', size: 8, lines: '' },
  { name: 'refactor', tone: 'ink-4', size: 8, lines: leaning },
  { name: 'commit', tone: 'ink-5', size: 8, lines: '' },
  { name: 'mixed', tone: 'ink-2', size: 8, lines: `${slanted}${leaning}` },
  { name: 'other', tone: 'ink-1', size: 8, lines: 'M0 4H8' },
  { name: 'working', tone: 'tone-working', size: 8, lines: '' },
  { name: 'needs', tone: 'tone-needs', size: 8, lines: slanted },
  { name: 'stale', tone: 'tone-stale', size: 6, lines: 'M1 3H3' },
  { name: 'waiting', tone: 'tone-idle', size: 8, lines: 'M4 0V8' },
  { name: 'idle', tone: 'tone-idle', size: 8, lines: '' },
  { name: 'failed', tone: 'tone-failed', size: 8, lines: `${slanted}${leaning}` },
  { name: 'paused', tone: 'tone-paused', size: 6, lines: 'M3 0V6' },
  { name: 'review', tone: 'tone-review', size: 6, lines: 'M0 3H6' },
  { name: 'planned', tone: 'tone-planned', size: 6, lines: 'M0 3H6M3 0V6' },
  { name: 'ready', tone: 'tone-ready', size: 8, lines: leaning },
  { name: 'done', tone: 'tone-done', size: 8, lines: '' },
]

const PATTERNS = raw(
  String(
    <svg id="timeline-fills" class="fills" width="0" height="0" aria-hidden="true" focusable="false">
      <defs>
        {FILLS.map(({ name, tone, size, lines }) => (
          <pattern id={`fill-${name}`} class={`fill-${tone} ${tone}`} width={size} height={size} patternUnits="userSpaceOnUse">
            <rect width={size} height={size} />
            {lines === '' ? null : <path d={lines} />}
          </pattern>
        ))}
      </defs>
    </svg>,
  ),
)

/** The same on every page; `isThere` in a frame for a page that has them. */
export const Patterns: FC<{ isThere: boolean }> = ({ isThere }) => (isThere ? <svg id="timeline-fills" data-kept="" /> : <>{PATTERNS}</>)

const AGENTS = [
  ['working', 'working'],
  ['needs', 'needs input'],
  ['waiting', 'waiting'],
  ['stale', 'silent'],
  ['idle', 'idle'],
  ['failed', 'failed'],
] as const

const MARKS = [
  { shape: 'diamond', tone: 'needs', word: 'asked' },
  { shape: 'check', tone: 'done', word: 'allowed, passed' },
  { shape: 'octagon', tone: 'failed', word: 'error, failed' },
  { shape: 'square', tone: 'ready', word: 'command' },
] as const

export const Legend: FC<{ by: 'story' | 'agent' }> = ({ by }) => (
  <ul class="timeline__legend" aria-label="What the bars mean">
    {by === 'story'
      ? [...TDD_STATES.map((phase) => [phase, phase] as const), ['needs', 'waits for an answer'] as const].map(Entry)
      : AGENTS.map(Entry)}
    {MARKS.map(({ shape, tone, word }) => (
      <li class={`tone-${tone}`}>
        <Shape name={shape} />
        {word}
      </li>
    ))}
  </ul>
)

const Entry = ([fill, word]: readonly [string, string]) => (
  <li>
    <svg class={fill === 'idle' ? 'swatch swatch--thin' : 'swatch'} width="28" height="14" aria-hidden="true">
      <rect class="stay__fill" x="0.5" y="0.5" width="27" height="13" rx="3" fill={`url(#fill-${fill})`} />
    </svg>
    {word}
  </li>
)
