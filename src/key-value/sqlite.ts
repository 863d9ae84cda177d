import type { Database, Statement } from 'bun:sqlite'
import { type Connection, type HeldConnection, holdConnection, inTransaction } from '../sqlite/connection.ts'
import { createPrivateFile, openDatabase, watchIdentity, writeAhead } from '../sqlite/file.ts'
import { type Key, keyText, type KeyValue, StoreUnavailableError } from './key-value.ts'

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS item (key TEXT PRIMARY KEY, value TEXT NOT NULL, set_at INTEGER NOT NULL, expires_at INTEGER) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS item_expiry ON item (expires_at) WHERE expires_at IS NOT NULL;`

/** Expiries further ahead were set before the clock was set back. */
const CLOCK_STEP_MS = 1_000

const IS_PAST = 'expires_at IS NOT NULL AND expires_at <= $now'
const IS_OVER = `expires_at IS NOT NULL AND (expires_at <= $now OR set_at > $now + ${CLOCK_STEP_MS})`

const STEP = 200

/** More than a write adds, so that expired rows do not pile up. */
const SWEPT = 10

type Store = Connection & {
  isStillThere(): boolean
  get: Statement<{ value: string }, [{ key: string; now: number }]>
  set: Statement<unknown, [ValueRow]>
  replace: Statement<unknown, [ValueRow & { expected: string }]>
  create: Statement<unknown, [ValueRow]>
  increment: Statement<{ value: string }, [{ key: string; by: number; now: number; expiresAt: number }]>
  acquire: Statement<unknown, [ValueRow]>
  release: Statement<unknown, [{ key: string; owner: string }]>
  remove: Statement<unknown, [{ key: string }]>
  sweep: Statement<unknown, [{ now: number; limit: number }]>
}
type ValueRow = { key: string; value: string; now: number; expiresAt: number | null }

/** Key-value in an SQLite file that the host's workers share; opened anew when somebody deletes it. */
export function openSqliteKeyValue({ file }: { file: string }): KeyValue {
  const away = (problem: string, options?: ErrorOptions) => new StoreUnavailableError(`the shared file ${file} ${problem}`, options)
  const held = holdConnection({ open: () => openStore(file, away), away, isCurrent: (store: Store) => store.isStillThere() })
  const write = writer(held)

  return {
    get: async (key) => (await held.use(({ get }) => get.get({ key: keyText(key), now: Date.now() })))?.value,
    set: (key, value, { ttlMs } = {}) => write((store, now) => void store.set.run(rowOf(key, value, { now, ttlMs }))),
    delete: (key) => write((store) => void store.remove.run({ key: keyText(key) })),
    increment: (key, by, ttlMs) =>
      write((store, now) => Number(store.increment.get({ key: keyText(key), by, now, expiresAt: now + ttlMs })?.value)),
    compareAndSet: (key, { expected, value, ttlMs }) =>
      write((store, now) => {
        const row = rowOf(key, value, { now, ttlMs })
        const { changes } = expected === undefined ? store.create.run(row) : store.replace.run({ ...row, expected })
        return changes === 1
      }),
    async acquire(keys, owner, ttlMs) {
      const take = (store: Store, now: number) => (key: Key) => store.acquire.run(rowOf(key, owner, { now, ttlMs })).changes === 1
      const taken: boolean[] = []
      for (const part of partsOf(keys)) taken.push(...(await write((store, now) => part.map(take(store, now)), part.length)))
      return taken
    },
    async release(keys, owner) {
      for (const part of partsOf(keys)) {
        await write((store) => part.forEach((key) => store.release.run({ key: keyText(key), owner })))
      }
    },
    close: () => Promise.resolve(held.close()),
  }
}

function openStore(file: string, away: (problem: string) => Error): Store {
  // No new folder: the data folder may have been moved and come back.
  const code = createPrivateFile(file, { withFolder: false })
  if (code !== undefined) throw away(`cannot be created (${code})`)
  const configure = (db: Database) => {
    if (!writeAhead(db, 'NORMAL')) throw away('lies on a file system without shared memory')
    db.run(SCHEMA)
  }
  return { ...prepareStore(openDatabase(file, { mode: 'write', configure })), isStillThere: watchIdentity(file) }
}

function prepareStore(db: Database): Omit<Store, 'isStillThere'> {
  const insert = 'INSERT INTO item (key, value, set_at, expires_at) VALUES ($key, $value, $now, $expiresAt)'
  const update = 'DO UPDATE SET value = excluded.value, set_at = excluded.set_at, expires_at = excluded.expires_at'
  return {
    db,
    get: db.prepare(`SELECT value FROM item WHERE key = $key AND NOT (${IS_OVER})`),
    set: db.prepare(`${insert} ON CONFLICT ${update}`),
    create: db.prepare(`${insert} ON CONFLICT ${update} WHERE ${IS_OVER}`),
    replace: db.prepare(
      `UPDATE item SET value = $value, set_at = $now, expires_at = $expiresAt WHERE key = $key AND value = $expected AND NOT (${IS_OVER})`,
    ),
    increment: db.prepare(
      `INSERT INTO item (key, value, set_at, expires_at) VALUES ($key, CAST($by AS INTEGER), $now, $expiresAt) ON CONFLICT DO UPDATE SET
       value = CASE WHEN ${IS_OVER} THEN excluded.value ELSE CAST(value AS INTEGER) + CAST(excluded.value AS INTEGER) END,
       set_at = CASE WHEN ${IS_OVER} THEN excluded.set_at ELSE set_at END,
       expires_at = CASE WHEN ${IS_OVER} THEN excluded.expires_at ELSE expires_at END RETURNING value`,
    ),
    acquire: db.prepare(`${insert} ON CONFLICT ${update} WHERE value = excluded.value OR ${IS_OVER}`),
    release: db.prepare('DELETE FROM item WHERE key = $key AND value = $owner'),
    remove: db.prepare('DELETE FROM item WHERE key = $key'),
    sweep: db.prepare(`DELETE FROM item WHERE key IN (SELECT key FROM item WHERE ${IS_PAST} LIMIT $limit)`),
  }
}

function writer(held: HeldConnection<Store>) {
  return <R>(work: (store: Store, now: number) => R, keys = 1): Promise<R> =>
    held.use((store) =>
      inTransaction(store.db, () => {
        const now = Date.now()
        const result = work(store, now)
        store.sweep.run({ now, limit: SWEPT + keys })
        return result
      }),
    )
}

function rowOf(key: Key, value: string, { now, ttlMs }: { now: number; ttlMs: number | undefined }): ValueRow {
  return { key: keyText(key), value, now, expiresAt: ttlMs === undefined ? null : now + ttlMs }
}

function partsOf(keys: readonly Key[]): Key[][] {
  return Array.from({ length: Math.ceil(keys.length / STEP) }, (_, part) => keys.slice(part * STEP, (part + 1) * STEP))
}
