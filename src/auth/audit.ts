import type { NewEvent } from '../domain/events/event.ts'
import { AUDIT_LOG } from '../domain/events/names.ts'
import type { AuditEvent } from '../domain/events/own-event.ts'

/** Who did what, from where, on what, and what became of it. */
export type AuditEntry = Omit<AuditEvent, 'type'>

type Deps = { append(project: string, events: readonly NewEvent[]): Promise<unknown>; onError(error: unknown): void }

const WAITING = 1_000
const BATCH = 100
const AGAIN_MS = 1_000

/** Stores audit entries in their order, a few at a time; while the log is away they wait. */
export function openAudit({ append, onError }: Deps) {
  const waiting: NewEvent[] = []
  let writing: Promise<void> | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  async function write() {
    while (waiting.length > 0) {
      const some = waiting.slice(0, BATCH)
      await append(AUDIT_LOG, some)
      waiting.splice(0, some.length)
    }
  }

  function begin(): Promise<void> {
    clearTimeout(timer)
    writing ??= write()
      .catch((error: unknown) => {
        onError(error)
        timer = setTimeout(() => void begin().catch(onError), AGAIN_MS)
      })
      .finally(() => (writing = undefined))
    return writing
  }

  return {
    note(entry: AuditEntry): void {
      if (waiting.length >= WAITING) return onError(new Error('the audit log is away for long: an entry was not stored'))
      waiting.push({ type: 'audited', ...entry, id: Bun.randomUUIDv7() })
      begin().catch(onError)
    },
    async close(): Promise<void> {
      await writing
      await begin()
      clearTimeout(timer)
    },
  }
}

const MINUTE_MS = 60_000
const REMEMBERED = 1_000

/** Notes refusals, and of those that repeat themselves one a minute, with how many there were: nobody can fill the log with them. */
export function openRefusals(note: (entry: AuditEntry) => void, now: () => number = Date.now) {
  const told = new Map<string, { at: number; untold: number }>()
  return (entry: Omit<AuditEntry, 'result'>): void => {
    const key = JSON.stringify([entry.who, entry.what, entry.from, entry.on])
    const known = told.get(key)
    if (known && now() - known.at < MINUTE_MS) return void (known.untold += 1)
    const times = known && known.untold > 0 ? { details: { ...entry.details, before: `${known.untold} more` } } : {}
    told.delete(key)
    // The one that was told longest ago stands first.
    for (const [oldest] of told) if (told.size >= REMEMBERED) told.delete(oldest)
    told.set(key, { at: now(), untold: 0 })
    note({ ...entry, ...times, result: 'refused' })
  }
}
