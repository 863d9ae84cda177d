import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type ReplayMoment, momentsOf } from './moments.ts'
import { openPackedText } from './packed-text.ts'
import { openPieces } from './pieces.ts'
import { type ReplayMark, record, type Recording } from './recording.tsx'
import type { Period, ReplaySource } from './replay-source.ts'

export type Recorded = {
  first: ReplayMoment
  last: ReplayMoment
  moments: number
  events: number
  marks: readonly ReplayMark[]
  sections: readonly string[]
  markup: string
}

export type ReplayDocument = (recorded: Recorded) => { before: string; between: string; after: string }

export type WriteOptions = {
  source: ReplaySource
  period: Period
  out: string
  document: ReplayDocument
  progress(events: number): void
  signal: AbortSignal
}

const TOLD_EVERY = 250

/** Writes a replay through temporary files, and renames it when it is complete and on disk. */
export async function writeReplay(writing: WriteOptions): Promise<{ bytes: number; recorded: Recorded }> {
  const { out, document } = writing
  const folder = await mkdtemp(join(dirname(out), `.${basename(out)}-`))
  try {
    const parts = { pieces: join(folder, 'pieces'), moments: join(folder, 'moments') }
    const recorded = await recordInto(writing, parts)
    const { before, between, after } = document(recorded)
    const whole = join(folder, 'whole')
    const file = createWriteStream(whole, { flush: true })
    await pipeline(joinedDocument([before, { path: parts.pieces }, between, { path: parts.moments }, after]), file)
    await rename(whole, out)
    return { bytes: file.bytesWritten, recorded }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function recordInto(
  { source, period, progress, signal }: WriteOptions,
  paths: { pieces: string; moments: string },
): Promise<Recorded> {
  const [pieceText, momentText] = [openPackedText(paths.pieces), openPackedText(paths.moments)]
  const fresh: string[] = []
  const pieces = openPieces((line) => fresh.push(JSON.stringify(line)))
  let recording: Recording | undefined
  let ends: { first: ReplayMoment; last: ReplayMoment } | undefined
  let [moments, events] = [0, 0]
  for await (const moment of momentsOf(source, period)) {
    signal.throwIfAborted()
    recording ??= record(moment, pieces)
    ends = { first: ends?.first ?? moment, last: moment }
    await momentText.write(`${JSON.stringify(recording.take(moment))}\n`)
    for (const piece of fresh.splice(0)) await pieceText.write(`${piece}\n`)
    moments += 1
    if (moment.event) events += 1
    if (moment.event && events % TOLD_EVERY === 0) progress(events)
  }
  await Promise.all([pieceText.end(), momentText.end()])
  if (!recording || !ends) throw new Error('a period has a moment to begin with')
  const { marks, sections, markup } = recording
  return { ...ends, moments, events, marks: marks(), sections, markup: markup() }
}

async function* joinedDocument(parts: readonly (string | { path: string })[]): AsyncGenerator<string | Buffer> {
  for (const part of parts) {
    if (typeof part === 'string') yield part
    else yield* createReadStream(part.path)
  }
}
