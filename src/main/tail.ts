import { openApi, ApiProblem } from '../client/api.ts'
import { eventText } from '../client/event-text.tsx'
import type { TailSettings } from '../config/client-settings.ts'
import { follow } from '../tail/follow.ts'
import { beginning } from '../tail/start.ts'
import { refuse } from './say.ts'
import { clipped, ICON_COLOURS, openTerminal, type Terminal } from './terminal.ts'

const AWAY = 1

/** Prints a project's events until Ctrl-C. */
export async function tail(project: string, settings: TailSettings): Promise<number> {
  const terminal = openTerminal(settings)
  const api = openApi(settings.address)
  try {
    const begun = await beginning(api, project, settings.from)
    if (typeof begun === 'string') return refuse(begun)
    const note = (text: string) => terminal.note(terminal.paint('dim', `-- ${text}`))
    if (begun.notice !== undefined) note(begun.notice)
    if (terminal.isLive) note(`following ${project} at ${api.url}; Ctrl-C ends it`)
    const print = settings.isJson ? jsonLine : textLines(terminal)
    const onEvents = async (events: readonly Record<string, unknown>[]) => {
      for (const event of events) terminal.line(print(event))
      await terminal.drained()
    }
    const ended = await follow({ api, project, position: begun.position, stop: terminal.stop, onEvents, onNotice: note })
    if (ended === undefined) return 0
    terminal.note(`visualizer: ${ended}`)
    return AWAY
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error
    if (!error.isAway) return refuse(error.message)
    terminal.note(`visualizer: ${error.message}: start it with visualizer serve, or name another with --url`)
    return AWAY
  }
}

/** Valid in JSON, but terminals obey them. */
const OBEYED = /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g

function jsonLine(event: Record<string, unknown>): string {
  return JSON.stringify(event).replace(OBEYED, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

const KIND_WIDTH = 8

/** A line per event, and on a terminal one per day. */
function textLines({ isLive, width, paint }: Terminal): (event: Record<string, unknown>) => string {
  let day = localDay(new Date())
  return (event) => {
    const at = new Date(String(event['received_at']))
    const { icon, kind, who, what, storyId } = eventText(event)
    const colour = ICON_COLOURS[icon]
    const clock = isLive ? localTime(at) : `${localDay(at)} ${localTime(at)}`
    const story = storyId === undefined ? '' : ` (${storyId})`
    const said = clipped(`${who} ${what}${story}`, width() - clock.length - KIND_WIDTH - 5)
    const shown = said.startsWith(`${who} `) ? `${paint('bold', who)}${paint(colour, said.slice(who.length))}` : paint(colour, said)
    const line = `${paint('dim', clock)}  ${paint(colour, kind.padEnd(KIND_WIDTH))}  ${shown}`
    if (!isLive || localDay(at) === day) return line
    day = localDay(at)
    return `${paint('dim', `-- ${day}`)}\n${line}`
  }
}

const two = (number: number) => String(number).padStart(2, '0')
const localDay = (at: Date) => `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
const localTime = (at: Date) => `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`
