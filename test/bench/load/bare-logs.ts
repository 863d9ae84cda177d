import { SQL } from 'bun'
import { Database } from 'bun:sqlite'
import { Redis } from 'ioredis'
import type { NewEvent } from '../../../src/domain/events/event.ts'

/** Stores a group in one transaction: nobody to answer, nothing known before. */
export type BareLoop = (events: NewEvent[]) => void | Promise<void>

const RECEIVED_AT = 1_700_000_000_000

/** The least that SQLite can do: the same rows, indexes and events a transaction. */
export function bareSqlite(file: string, projects: number): BareLoop {
  const db = new Database(file)
  for (const pragma of ['journal_mode = WAL', 'synchronous = FULL']) db.run(`PRAGMA ${pragma}`)
  db.run('CREATE TABLE event (a INTEGER PRIMARY KEY, p INTEGER, o INTEGER, id TEXT, at INTEGER, body TEXT)')
  db.run('CREATE UNIQUE INDEX event_offset ON event (p, o)')
  db.run('CREATE UNIQUE INDEX event_id ON event (id, p)')
  const insert = db.prepare('INSERT INTO event (p, o, id, at, body) VALUES (?, ?, ?, ?, ?)')
  let offset = 0
  return db.transaction((events: NewEvent[]) => {
    for (const [index, event] of events.entries()) {
      const project = Math.floor((index * projects) / events.length)
      insert.run(project, (offset += 1), event.id, RECEIVED_AT, JSON.stringify(event))
    }
  })
}

/** What a plain client of PostgreSQL does: a prepared INSERT a row, all of a transaction sent before the first is answered. */
export function barePostgres(url: string, projects: number): BareLoop {
  const sql = new SQL(url, { max: 1 })
  const ready = sql
    .unsafe('CREATE TABLE event (p int, o bigint, id text COLLATE "C", at bigint, body text, PRIMARY KEY (p, o), UNIQUE (p, id))')
    .simple()
  let offset = 0
  return async (events) => {
    await ready
    await sql.begin((transaction) =>
      events.map((event, index) => {
        const project = Math.floor((index * projects) / events.length)
        const row = [project, (offset += 1), event.id, RECEIVED_AT, JSON.stringify(event)]
        return transaction.unsafe('INSERT INTO event VALUES ($1, $2, $3, $4, $5)', row)
      }),
    )
  }
}

/** What a plain client of Redis does: one XADD an event, all of a group in one pipeline; nothing known before, nothing numbered. */
export function bareRedis(url: string, projects: number): BareLoop {
  // Its server ends before it.
  const redis = new Redis(url, { retryStrategy: () => null })
  return async (events) => {
    const pipeline = redis.pipeline()
    for (const [index, event] of events.entries()) {
      const project = Math.floor((index * projects) / events.length)
      pipeline.xadd(`bare-${project}`, '*', 'id', event.id, 'b', JSON.stringify(event))
    }
    for (const [error] of (await pipeline.exec()) ?? []) if (error) throw error
  }
}
