import type { Database } from 'bun:sqlite'
import { closeSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { inTransaction } from '../../sqlite/connection.ts'
import { createPrivateFile, errorCode } from '../../sqlite/file.ts'
import { UnusableLogError } from '../event-log.ts'
import { cannotCreate } from './file.ts'

/** An id of 8 characters, a space, the number of the last group that was acknowledged in 16 digits, a line end. */
const MARK = /^([0-9a-z]{8}) (\d{16})\n$/
const NUMBER_AT = 9

export type Mark = {
  /** Notes a group that is on disk, before it is acknowledged. */
  note(written: number): void
  close(): void
}

export type Settled = {
  epoch: string
  /** Why the epoch is a new one, for the operator; undefined where it is as before. */
  turned: string | undefined
}

const markOf = (file: string) => `${file}.mark`

/**
 * Compares a log with the mark that lies beside it, and gives the log a new epoch where it is not the file, or not in the state, in
 * which its last event was acknowledged: a copy, or an older state of itself. The mark is never ahead of the log: what it counts was
 * on disk before. The first of several programs that start together decides, and the others find that all fits.
 */
export function settleEpoch(db: Database, file: string): Settled {
  // Where it ends badly after the mark was written, its id is not that of the log, and the next start decides anew.
  return inTransaction(db, () => {
    const meta = new Map(
      db
        .query<{ name: string; value: string }, []>('SELECT name, value FROM meta')
        .all()
        .map(({ name, value }) => [name, value]),
    )
    const epoch = meta.get('epoch')
    if (epoch === undefined) throw new UnusableLogError(`${file} is damaged: it has no epoch; restore a backup`)
    const [place, written] = [meta.get('place') ?? '', Number(meta.get('written') ?? 0)]
    const mark = readMark(file)
    const here = placeOf(file)
    if (mark && place === `${here}/${mark.id}` && written >= mark.written) return { epoch, turned: undefined }
    const id = crypto.randomUUID().slice(0, 8)
    writeMark(file, id, written)
    const set = db.prepare<unknown, [string, string]>('INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value')
    set.run('place', `${here}/${id}`)
    // Neither it nor anything beside it was ever compared: a new log, or the first start of this version.
    if (place === '' && !mark) return { epoch, turned: undefined }
    const next = crypto.randomUUID().slice(0, 8)
    set.run('epoch', next)
    return { epoch: next, turned: reasonOf(file, (mark?.written ?? 0) - written) }
  })
}

function reasonOf(file: string, missing: number): string {
  const what =
    missing > 0
      ? `is an older copy, or lost what was stored last (${missing} groups of events that were acknowledged are not in it)`
      : 'is a copy, or was moved to another disk'
  return `the event log ${file} ${what}: it has a new epoch, and pages are rendered anew`
}

/** The file itself: a copy has another number or another time of birth. */
function placeOf(file: string): string {
  const { ino, birthtimeNs } = statSync(file, { bigint: true })
  return `${ino}:${birthtimeNs}`
}

function readMark(file: string): { id: string; written: number } | undefined {
  const text = statSync(markOf(file), { throwIfNoEntry: false })?.isFile() ? readFileSync(markOf(file), 'utf8') : ''
  const [, id, written] = MARK.exec(text) ?? []
  return id === undefined ? undefined : { id, written: Number(written) }
}

const digits = (written: number) => String(written).padStart(16, '0')

function writeMark(file: string, id: string, written: number) {
  const code = createPrivateFile(markOf(file), { withFolder: false })
  if (code !== undefined) throw cannotCreate(markOf(file), code)
  try {
    writeFileSync(markOf(file), `${id} ${digits(written)}\n`)
  } catch (error) {
    throw cannotCreate(markOf(file), errorCode(error))
  }
}

/**
 * Keeps the mark of a log open. It is written without waiting for the disk: after a power cut it may be behind the log, which harms
 * nothing. Where it cannot be written, or is another's by now, that is told once.
 */
export function openMark(file: string, onError?: (error: unknown) => void): Mark {
  const descriptor = openSync(markOf(file), 'r+')
  let isTold = false
  return {
    note(written) {
      try {
        writeSync(descriptor, digits(written), NUMBER_AT)
      } catch (error) {
        if (!isTold) onError?.(error)
        isTold = true
      }
    },
    close: () => closeSync(descriptor),
  }
}
