import type { Database } from 'bun:sqlite'
import { closeSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { inTransaction } from '../../sqlite/connection.ts'
import { createPrivateFile, errorCode } from '../../sqlite/file.ts'
import { UnusableLogError } from '../event-log.ts'
import { cannotCreate } from './file.ts'

const MARK = /^([0-9a-z]{8}) (\d{16})\n$/
const NUMBER_AT = 9

export type EpochMark = {
  note(written: number): void
  close(): void
}

export type SettledEpoch = {
  epoch: string
  turned: string | undefined
}

const markFile = (file: string) => `${file}.mark`

/** Gives the log a new epoch if the mark beside it shows that it is a copy or an older state; the mark is never ahead. */
export function settleEpoch(db: Database, file: string): SettledEpoch {
  // If this fails after the mark is written, their ids differ, and the next start decides again.
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
    const here = fileIdentity(file)
    if (mark && place === `${here}/${mark.id}` && written >= mark.written) return { epoch, turned: undefined }
    const id = crypto.randomUUID().slice(0, 8)
    writeMark(file, id, written)
    const set = db.prepare<unknown, [string, string]>('INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value')
    set.run('place', `${here}/${id}`)
    if (place === '' && !mark) return { epoch, turned: undefined }
    const next = crypto.randomUUID().slice(0, 8)
    set.run('epoch', next)
    return { epoch: next, turned: turnedReason(file, (mark?.written ?? 0) - written) }
  })
}

function turnedReason(file: string, missing: number): string {
  const what =
    missing > 0
      ? `is an older copy, or lost what was stored last (${missing} groups of events that were acknowledged are not in it)`
      : 'is a copy, or was moved to another disk'
  return `the event log ${file} ${what}: it has a new epoch, and pages are rendered anew`
}

/** Inode and birth time: a copy differs. */
function fileIdentity(file: string): string {
  const { ino, birthtimeNs } = statSync(file, { bigint: true })
  return `${ino}:${birthtimeNs}`
}

function readMark(file: string): { id: string; written: number } | undefined {
  const text = statSync(markFile(file), { throwIfNoEntry: false })?.isFile() ? readFileSync(markFile(file), 'utf8') : ''
  const [, id, written] = MARK.exec(text) ?? []
  return id === undefined ? undefined : { id, written: Number(written) }
}

const digits = (written: number) => String(written).padStart(16, '0')

function writeMark(file: string, id: string, written: number) {
  const code = createPrivateFile(markFile(file), { withFolder: false })
  if (code !== undefined) throw cannotCreate(markFile(file), code)
  try {
    writeFileSync(markFile(file), `${id} ${digits(written)}\n`)
  } catch (error) {
    throw cannotCreate(markFile(file), errorCode(error))
  }
}

/** Keeps the mark open. It is not synced: after a power cut it may be behind, which is harmless. Failures are reported once. */
export function openMark(file: string, onError?: (error: unknown) => void): EpochMark {
  const descriptor = openSync(markFile(file), 'r+')
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
