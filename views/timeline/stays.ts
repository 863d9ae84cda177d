import { html, raw } from 'hono/html'
import type { Lane } from '../../src/domain/timeline/lane.ts'
import { visibleText } from '../atoms/foreign-text.tsx'
import { agentHref, asOf, projectHref, storyHref } from '../atoms/part-href.ts'
import { type DrawnBar, drawnBars } from './drawn-bars.ts'
import type { PlacedLane } from './lane-order.ts'
import { WINDOWS } from './query.ts'
import type { TimelineView } from './view.ts'
import { barTitle, fillOf, type LaneKind, stateWord } from './words.ts'

export const SIZES = { workflow: { row: 30, bar: 20 }, story: { row: 30, bar: 20 }, agent: { row: 24, bar: 12 } } as const

type StayWords = { name: string; href: string; number: number; kind: LaneKind; isLive: boolean; hasDay: boolean }

/** The bars of a lane, each a link to its beginning. Written as text, because a picture has over a thousand of them. */
export function staysOf(view: TimelineView, placed: PlacedLane, kind: LaneKind) {
  const { lane, detail, name } = placed
  const most = barsMost(view)
  const told: StayWords = {
    name: visibleText(detail ?? name, 60),
    href: hrefOf(view, lane, kind),
    number: lane.number,
    kind,
    isLive: view.at === undefined,
    hasDay: hasDay(view),
  }
  const bars = drawnBars(lane.bars, view.axis, most)
  // The end of the first lane is where the keyboard enters.
  const stays = bars.map((drawn) => stay(told, drawn, kind === 'workflow' && drawn === bars.at(-1)))
  return raw([...stays, ...drawnBars(lane.asks, view.axis, most).map((drawn) => stay(told, drawn, false))].join(''))
}

const BARS_MOST = 80
const BARS_LEAST = 16
/** Of all lanes together: what a browser draws and a server writes without a pause that anybody feels. */
const BARS_OF_ALL = 1_200

const barsMost = ({ shown }: TimelineView): number =>
  Math.max(BARS_LEAST, Math.min(BARS_MOST, Math.floor(BARS_OF_ALL / Math.max(1, shown.length))))

export function hrefOf({ project }: TimelineView, { key }: Lane, kind: LaneKind): string {
  if (kind === 'workflow') return projectHref(project)
  return kind === 'story' ? storyHref(project, key) : agentHref(project, key)
}

export const hasDay = ({ query }: TimelineView): boolean => WINDOWS[query.window].ms > 12 * 3_600_000

function stay(told: StayWords, { bar, x, width, isRunning }: DrawnBar, isEntry: boolean): string {
  const { name, href, number, kind } = told
  const { row, bar: height } = SIZES[kind]
  const word = stateWord(kind, bar)
  const [y, thick] = kind === 'agent' && bar.state === 'idle' ? [row / 2 - 2, 4] : [(row - height) / 2, height]
  const grows = isRunning && told.isLive
  const looks = `stay${grows ? ' stay--running' : ''}${bar.state === 'asks' ? ' stay--asks' : ''}${bar.isUnexpected ? ' stay--unexpected' : ''}`
  const end = bar.end === undefined ? '' : ` data-to="${bar.end}"`
  const link = `<a id="bar-${number}-${bar.number}" class="${looks}" tabindex="${isEntry ? 0 : -1}" data-from="${bar.start}"${end}`
  const title = html`href="${asOf(href, bar.start)}"><title>${barTitle(name, word, { bar, kind, hasDay: told.hasDay })}</title>`
  const box = `<svg x="${x}%" y="${y}" width="${width}%" height="${thick}"${grows ? ` data-grows="${x}"` : ''}>`
  const rect = `<rect class="stay__fill" width="100%" height="100%" rx="3" fill="url(#fill-${fillOf(kind, bar.state)})"/>`
  const label = kind === 'agent' ? '' : stayWordOf(word, bar.state, width)
  return `${link} ${String(title)}${box}${rect}${label}</svg></a>`
}

/** Percent that a character takes, on a desk, there beside an open detail, and on a phone. */
const CHARACTER = { desk: 0.72, beside: 1.4, phone: 2 }
const INSET = 1.2

function stayWordOf(word: string, state: string, width: number): string {
  if (width < word.length * CHARACTER.desk + INSET) return ''
  const fits = (percent: number) => width >= word.length * percent + INSET
  const room = fits(CHARACTER.phone) ? ' stay__word--wide' : fits(CHARACTER.beside) ? ' stay__word--beside' : ''
  const looks = `stay__word${state === 'commit' ? ' stay__word--on-ink' : ''}${room}`
  return String(html`<text class="${looks}" x="6" y="14">${word}</text>`)
}
