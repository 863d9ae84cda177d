import type { AttentionWord } from '../domain/summary/attention.ts'
import type { ReplayMoment } from './moments.ts'
import { lastingAt, type Pieces } from './pieces.ts'
import { openViewedPage, type Unit } from './viewed-page.ts'
import type { LivePage, Shown } from '../live/live-page.ts'
import { ProjectContent, projectPage } from '../pages/project.tsx'
import { ATTENTION_LOOKS, type Tone, workflowLook } from '../../views/atoms/state-look.ts'

/** `[ms since the last moment, events, [section, start, removed, …added pieces], …]` */
type MomentLine = [sinceMs: number, events: 0 | 1, ...[section: number, start: number, removed: number, ...added: number[]][]]

export type Recording = {
  take(moment: ReplayMoment): MomentLine
  marks(): readonly ReplayMark[]
  markup(): string
  sections: readonly string[]
}

/** More would be thinner than a pixel. */
const MARKS = 4_000

/** Follows a project's page as a browser would, with the service's own frames, and records what changes. */
export function record(first: ReplayMoment, pieces: Pieces): Recording {
  let { at, shown } = first
  const page = projectPage.open(alone(first), null, () => at)
  const viewed = openViewedPage(contentOf(first))
  const known: KnownParts = new WeakMap()
  const kept: number[][] = viewed.sections.map(() => [])
  const marks: ReplayMark[] = []
  let count = 0

  function changesIn(sections: Iterable<number>) {
    return [...sections].flatMap((section) => {
      const unit = viewed.sections[section]
      const is = unit ? numbersOf(unit, known, pieces) : []
      const splices = splicesBetween(kept[section] ?? [], is)
      kept[section] = is
      return splices
        .toReversed()
        .map(({ start, removed, added }): [number, number, number, ...number[]] => [section, start, removed, ...added])
    })
  }

  return {
    sections: viewed.sections.map(({ id }) => id),
    markup: () => lastingAt(viewed.markup(), at),
    marks: () => marks,
    take(moment) {
      const isFirst = count === 0
      const mark = isFirst ? undefined : replayMark(count, shown, moment)
      if (mark && marks.length < MARKS) marks.push(mark)
      const sinceMs = isFirst ? 0 : moment.at - at
      ;({ at } = moment)
      const sections = isFirst ? viewed.sections.keys() : viewed.apply(frameOf(page, shown, moment))
      ;({ shown } = moment)
      count += 1
      return [sinceMs, moment.event && !isFirst ? 1 : 0, ...changesIn(sections)]
    },
  }
}

/** Numbers of unchanged parts, by identity. */
type KnownParts = WeakMap<Unit['parts'], (number | Unit)[]>

const alone = ({ shown }: ReplayMoment): Shown => ({ ...shown, isAlone: true })

const contentOf = (moment: ReplayMoment): string =>
  String(<ProjectContent shown={alone(moment)} now={moment.at} drawn={projectPage.draw(alone(moment), null, moment.at)} />)

function frameOf(page: LivePage, before: Shown, { shown }: ReplayMoment): string {
  page.take({ ...shown, before: before.summary, isGone: false })
  const frame: unknown = JSON.parse(page.flush() ?? '{}')
  return typeof frame === 'object' && frame !== null && 'content' in frame ? String(frame.content) : ''
}

function numbersOf(section: Unit, known: KnownParts, pieces: Pieces): number[] {
  const numbers: number[] = []
  const walk = ({ parts }: Unit) => {
    const own = known.get(parts) ?? parts.map((part) => (typeof part === 'string' ? pieces.numberOf(part) : part))
    known.set(parts, own)
    for (const part of own) {
      if (typeof part === 'number') numbers.push(part)
      else walk(part)
    }
  }
  walk(section)
  return numbers
}

/** `removed` members go at `start`, `added` come; in order, for the old list. */
type Splice = { start: number; removed: number; added: number[] }

/** Splices that turn `was` into `is`: not the fewest, but in one pass. */
export function splicesBetween(was: readonly number[], is: readonly number[]): Splice[] {
  const [head, tail] = sameEnds(was, is)
  const places = new Map<number, number>()
  for (let at = was.length - tail - 1; at >= head; at -= 1) places.set(was[at] ?? 0, at)
  const splices: Splice[] = []
  let [from, added]: [number, number[]] = [head, []]
  const close = (upTo: number) => {
    if (upTo > from || added.length > 0) splices.push({ start: from, removed: upTo - from, added })
    ;[from, added] = [upTo + 1, []]
  }
  for (const member of is.slice(head, is.length - tail)) {
    const place = places.get(member)
    if (place === undefined || place < from) added.push(member)
    else close(place)
  }
  close(was.length - tail)
  return splices
}

function sameEnds(was: readonly number[], is: readonly number[]): [head: number, tail: number] {
  const shorter = Math.min(was.length, is.length)
  let [head, tail] = [0, 0]
  while (head < shorter && was[head] === is[head]) head += 1
  while (tail < shorter - head && was.at(-1 - tail) === is.at(-1 - tail)) tail += 1
  return [head, tail]
}

export type ReplayMark = [moment: number, tone: Tone, text: string]

const TOLD: ReadonlySet<AttentionWord> = new Set(['needs_you', 'blocked', 'failed', 'in_review', 'stale'])
const TEXT = 120

/** The mark of a moment: the workflow moved, or somebody began to wait. */
function replayMark(place: number, before: Shown, { shown }: ReplayMoment): ReplayMark | undefined {
  const [was, is] = [before.view.state.workflow, shown.view.state.workflow]
  if (was.state !== is.state) {
    const { tone, word } = workflowLook(is.state)
    return [place, tone, cut(`${workflowLook(was.state).word} to ${word}`)]
  }
  const { word, reason } = shown.summary.attention
  if (word === before.summary.attention.word || !TOLD.has(word)) return undefined
  const look = ATTENTION_LOOKS[word]
  return [place, look.tone, cut(`${look.word}: ${reason}`)]
}

const cut = (text: string) => (text.length > TEXT ? `${text.slice(0, TEXT)}…` : text)
