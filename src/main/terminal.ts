import { untilSignal } from '../cluster/signals.ts'

export type Colour = 'red' | 'yellow' | 'green' | 'cyan' | 'dim' | 'bold'
const CODES: Record<Colour, string> = { red: '31', yellow: '33', green: '32', cyan: '36', dim: '2', bold: '1' }
export const ICON_COLOURS: Record<string, Colour | undefined> = {
  ask: 'yellow',
  failed: 'red',
  done: 'green',
  step: 'cyan',
  figure: 'dim',
  file: 'dim',
}
const WIDTH = 80
const SEGMENTS = new Intl.Segmenter('en', { granularity: 'grapheme' })

export type Terminal = {
  isLive: boolean
  width(): number
  paint(colour: Colour | undefined, text: string): string
  line(text: string): void
  progress(text: string): void
  note(text: string): void
  /** Resolves when a slow reader took what was written. */
  drained(): Promise<void>
  /** Aborted by Ctrl-C, SIGTERM, or a reader that is gone. */
  stop: AbortSignal
}

/** Standard output for long-running commands. */
export function openTerminal({ hasColour }: { hasColour: boolean }): Terminal {
  const stop = new AbortController()
  const out = process.stdout
  const isLive = out.isTTY
  let last = ''
  const signal = untilSignal({ end: (code) => process.exit(code), reload: () => undefined })
  signal.then(
    () => stop.abort(),
    (error: unknown) => stop.abort(error),
  )
  // A closed pipe, as with `head`, is no failure.
  for (const stream of [out, process.stderr]) stream.on('error', () => stop.abort())
  const clear = () => (last === '' ? '' : '\r\u001b[K')
  const width = () => (isLive ? out.columns || WIDTH : Infinity)
  return {
    isLive,
    width,
    drained: () => (out.writableNeedDrain ? drained(out, stop.signal) : Promise.resolve()),
    stop: stop.signal,
    paint: (colour, text) => (colour === undefined || !hasColour || !isLive ? text : `\u001b[${CODES[colour]}m${text}\u001b[0m`),
    line(text) {
      out.write(`${clear()}${text}\n${last}`)
    },
    progress(text) {
      if (!isLive) return
      const shown = clipped(text, width() - 1)
      out.write(`${clear()}${shown}`)
      last = shown
    },
    note(text) {
      if (last !== '') out.write(clear())
      process.stderr.write(`${text}\n`)
      if (last !== '') out.write(last)
    },
  }
}

function drained(out: NodeJS.WriteStream, stop: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  out.once('drain', resolve)
  stop.addEventListener('abort', () => resolve())
  return promise
}

/** A text cut to a number of columns. */
export function clipped(text: string, columns: number): string {
  if (Bun.stringWidth(text) <= columns) return text
  let shown = ''
  let used = 0
  for (const { segment } of SEGMENTS.segment(text)) {
    const more = Bun.stringWidth(segment)
    if (used + more > columns - 1) break
    shown += segment
    used += more
  }
  return `${shown}…`
}
