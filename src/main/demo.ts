import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Api, openApi, ApiProblem } from '../client/api.ts'
import { eventText } from '../client/event-text.tsx'
import type { DemoSettings } from '../config/client-settings.ts'
import { loadConfig } from '../config/load.ts'
import { type Cue, demoProjects, endOf, HOUR_MINUTES, hourOf, type HourOptions } from '../demo/hour.ts'
import { lookAtOwnProjects } from '../demo/own-projects.ts'
import { play, report } from '../demo/player.ts'
import { open } from './open.ts'
import { count, refuse } from './say.ts'
import { clipped, ICON_COLOURS, openTerminal, type Terminal } from './terminal.ts'

const AWAY = 1
const PROGRESS_MS = 250
const CLOSING_MS = 5_000

/** Plays one hour into a running service, or hour after hour into its own. */
export async function demo(settings: DemoSettings): Promise<number> {
  const terminal = openTerminal(settings)
  try {
    if (settings.address) return await playInto(openApi(settings.address), { settings, terminal })
    return await serveAndPlay(settings, terminal)
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error
    if (!error.isAway) return refuse(error.message)
    const advice = settings.address ? ': start it with visualizer serve, or try visualizer demo --serve, which brings its own' : ''
    terminal.note(`visualizer: ${error.message}${advice}`)
    return AWAY
  }
}

type Scene = { settings: DemoSettings; terminal: Terminal }

/** Without configuration and environment: the demo stands alone. */
async function serveAndPlay(settings: DemoSettings, terminal: Terminal): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'visualizer-demo-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  process.once('exit', remove)
  try {
    const flags = { host: 'localhost', port: String(settings.port), 'data-dir': join(folder, 'data') }
    const { config } = loadConfig({ env: { LOG_LEVEL: 'error' }, flags, cwd: folder })
    const visualizer = await open(config)
    if (typeof visualizer === 'string') return refuse(visualizer)
    try {
      const api = openApi({ url: visualizer.url, token: undefined })
      terminal.line(`A service of the demo's own: ${terminal.paint('bold', visualizer.url)}`)
      let code = 0
      for (let hour = 0; code === 0 && !terminal.stop.aborted; hour++) {
        code = await playInto(api, { settings: { ...settings, seed: settings.seed + hour }, terminal })
      }
      return code
    } finally {
      await visualizer.close()
    }
  } finally {
    remove()
  }
}

async function playInto(api: Api, { settings, terminal }: Scene): Promise<number> {
  const own = await lookAtOwnProjects(api, demoProjects(settings.projects))
  if ('problem' in own) return refuse(own.problem)
  const { seed, speed, projects } = settings
  const startedAt = Date.now()
  const options: HourOptions = { seed, speed, projects, startedAt, run: startedAt.toString(36), plays: own.plays }
  announce(terminal, { settings, url: api.url })
  const played: Cue[] = []
  const minute = () => Math.min(HOUR_MINUTES, ((Date.now() - startedAt) * speed) / 60_000)
  const timer = setInterval(() => terminal.progress(progressLine({ minute: minute(), events: played.length, url: api.url })), PROGRESS_MS)
  const { onAway, onBack } = tellOutage(terminal, api.url)
  const onPlayed = (cues: readonly Cue[]) => {
    played.push(...cues)
    for (const cue of cues) tellCue(terminal, cue)
  }
  try {
    await play({ api, onAway, onBack, onPlayed, cues: hourOf(options), startedAt, stop: terminal.stop })
    const stop = AbortSignal.timeout(CLOSING_MS)
    await report({ api, onAway, onBack, stop, onPlayed: (cues) => played.push(...cues) }, endOf(played, options, minute()))
  } finally {
    clearInterval(timer)
    terminal.progress('')
  }
  const what = `${count(played.length, 'event')} in ${count(projects, 'project')}`
  const after = settings.address ? 'All of them are at rest now; their pages show what was.' : 'The service goes, and its data with it.'
  terminal.line(
    `${clock(minute())} of the hour played: ${what}. ${settings.address || terminal.stop.aborted ? after : 'The next one begins.'}`,
  )
  return 0
}

function announce(terminal: Terminal, { settings, url }: { settings: DemoSettings; url: string }) {
  const { seed, speed, projects } = settings
  const lasts = count(Math.round(600 / speed) / 10, 'minute')
  terminal.line(`Playing an hour of ${count(projects, 'project')} in ${lasts}. Look at ${terminal.paint('bold', url)}`)
  terminal.line(terminal.paint('dim', `Ctrl-C ends it. Speed ${speed}, seed ${seed}: the same seed plays the same hour.`))
}

function tellOutage(terminal: Terminal, url: string) {
  return {
    onAway: ({ message }: ApiProblem) => terminal.note(`${message}; what happens waits until it is back`),
    onBack: () => terminal.note(`${url} is back, and was told what it missed`),
  }
}

const TOLD = new Set(['approval_requested', 'approval_resolved', 'workflow_transition', 'error_state', 'tdd_cycle_completed'])

function tellCue(terminal: Terminal, { minute, project, event }: Cue) {
  // Earlier steps show on the pages; a question waits for the reader.
  const isBefore = minute === 0 && event.type !== 'approval_requested'
  if (isBefore || !(TOLD.has(event.type) || (event.type === 'ci_status' && event['status'] === 'failed'))) return
  const { icon, who, what, storyId } = eventText(event)
  const at = terminal.paint('dim', clock(minute))
  const where = storyId === undefined ? '' : ` (${storyId})`
  terminal.line(
    `${at}  ${project.padEnd(20)}  ${terminal.paint(ICON_COLOURS[icon], clipped(`${who} ${what}${where}`, terminal.width() - 29))}`,
  )
}

const BAR = 24

function progressLine({ minute, events, url }: { minute: number; events: number; url: string }): string {
  const filled = Math.round((BAR * minute) / HOUR_MINUTES)
  return `${clock(minute)} ${'━'.repeat(filled)}${'─'.repeat(BAR - filled)} ${count(events, 'event')}  ${url}  Ctrl-C ends`
}

function clock(minute: number): string {
  const seconds = Math.floor(minute * 60)
  return [Math.floor(seconds / 60), seconds % 60].map((part) => String(part).padStart(2, '0')).join(':')
}
