import { beforeEach, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { openAccess } from '../../src/auth/access.ts'
import { openAudit } from '../../src/auth/audit.ts'
import { newestAudited } from '../../src/auth/read-audit.ts'
import type { AuditQuery } from '../../src/domain/events/own-event.ts'
import { removeOld } from '../../src/projection/retention.ts'
import { newToken, TOKEN_PREFIX, tokenOf, tokenViewer } from '../../src/auth/tokens.ts'
import { compilePolicy } from '../../src/auth/policy.ts'
import { AUDIT_LOG } from '../../src/domain/events/names.ts'
import { type EventLog, LogUnavailableError } from '../../src/event-log/event-log.ts'
import { openSqliteLog } from '../../src/event-log/sqlite/sqlite.ts'
import { endAfter, temporaryFolder } from '../support/ending.ts'
import { eventually } from '../support/eventually.ts'

let eventLog: EventLog

beforeEach(async () => {
  eventLog = await openSqliteLog({ file: join(temporaryFolder(), 'events.sqlite') })
  endAfter('test', () => eventLog.close())
})

/** As of a worker of its own. */
function worker() {
  const ended: string[] = []
  const errors: unknown[] = []
  const access = openAccess({
    eventLog,
    append: (project, events) => eventLog.append(project, events),
    onEnded: ({ sessions, tokens }) => void ended.push(...sessions, ...tokens),
    onError: (error) => errors.push(error),
  })
  endAfter('test', () => access.close())
  return { access, ended, errors }
}

function made(changes: { scopes?: string[]; ends_at?: number | null } = {}) {
  const { text, id, hash } = newToken()
  const token = { id, name: 'ci', hash, scopes: ['ingest'], projects: ['payments-*'], ends_at: null, ...changes }
  return { text, id, event: { type: 'token_created' as const, token, by: 'ann' } }
}

describe('tokens', () => {
  test('are known to every worker, and end on every one of them within seconds, without a bus', async () => {
    const [one, other] = [worker(), worker()]
    const { text, id, event } = made()
    await one.access.tell([event])
    await eventually(() => other.access.current().tokens.has(id), { withinMs: 10_000 })
    expect(tokenOf(other.access.current().tokens, text, Date.now())).toMatchObject({ id, name: 'ci', createdBy: 'ann' })
    await other.access.tell([{ type: 'token_revoked', token: id, by: 'ben' }])
    await eventually(() => one.ended.includes(id), { withinMs: 10_000 })
    expect(tokenOf(one.access.current().tokens, text, Date.now())).toBeUndefined()
    expect(one.access.current().tokens.get(id)).toMatchObject({ revokedBy: 'ben' })
  })

  test('begin with a mark that scanners know, and only their hash is stored', async () => {
    const { access } = worker()
    const { text, id, event } = made()
    await access.tell([event])
    expect(text).toMatch(new RegExp(`^${TOKEN_PREFIX}[A-Za-z0-9]{10}_[\\w-]{43}$`))
    const { events } = await eventLog.read('_access', { after: 0, limit: 10 })
    expect(JSON.stringify(events)).toContain(id)
    expect(JSON.stringify(events)).not.toContain(text.slice(text.lastIndexOf(id) + id.length + 1))
  })

  test('with a wrong secret, of another id, or after their end are none', async () => {
    const { access } = worker()
    const [good, other, over] = [made(), made(), made({ ends_at: Date.now() + 1_000 })]
    await access.tell([good.event, other.event, over.event])
    const { tokens } = access.current()
    const secretOf = (text: string) => text.slice(-43)
    const wrong = [
      `${good.text}x`,
      good.text.slice(1),
      `vis_${good.id}_${secretOf(other.text)}`,
      `vis_${'x'.repeat(10)}_${secretOf(good.text)}`,
      '',
      'vis_',
    ]
    for (const text of wrong) expect([text, tokenOf(tokens, text, Date.now())]).toEqual([text, undefined])
    expect(tokenOf(tokens, over.text, Date.now())).toBeDefined()
    expect(tokenOf(tokens, over.text, Date.now() + 2_000)).toBeUndefined()
  })

  test('may do what their scopes say, on their projects alone', async () => {
    const { access } = worker()
    const all = {
      ingest: made(),
      read: made({ scopes: ['read'] }),
      command: made({ scopes: ['command'] }),
      admin: made({ scopes: ['admin'] }),
    }
    await access.tell(Object.values(all).map(({ event }) => event))
    const policy = compilePolicy([])
    const may = (id: string, project: string) => {
      const viewer = tokenViewer(access.current().tokens.get(id)!)
      return (['see', 'act', 'report', 'manage', 'admin'] as const).filter((action) =>
        policy.allows(viewer, action, { name: project, tags: [] }),
      )
    }
    expect(may(all.ingest.id, 'payments-api')).toEqual(['report'])
    expect(may(all.read.id, 'payments-api')).toEqual(['see'])
    expect(may(all.command.id, 'payments-api')).toEqual(['see', 'act'])
    expect(may(all.admin.id, 'payments-api')).toEqual(['see', 'act', 'report', 'manage', 'admin'])
    for (const { id } of Object.values(all)) expect(may(id, 'billing')).toEqual([])
  })

  test('that ended a month ago are forgotten when another is made; those that did not end stay', async () => {
    const { access } = worker()
    const [old, good] = [made({ ends_at: Date.now() - 31 * 86_400_000 }), made()]
    await access.tell([old.event, good.event])
    expect([...access.current().tokens.keys()]).toEqual([good.id])
  })
})

describe('the log of who may come in', () => {
  test('is read anew where it became another', async () => {
    const { access } = worker()
    const before = made()
    await access.tell([before.event, { type: 'admin_signed_in', by: 'ann' }])
    expect(access.current().hasAdmin).toBe(true)
    await eventLog.purge('_access')
    const after = made()
    await access.tell([after.event])
    expect([...access.current().tokens.keys()]).toEqual([after.id])
    expect(access.current().hasAdmin).toBe(false)
  })

  test('tells of sessions that ended after it was first read, not of those before', async () => {
    const one = worker()
    await one.access.tell([{ type: 'session_ended', session: 'old' }])
    const other = worker()
    await other.access.catchUp()
    await one.access.tell([{ type: 'session_ended', session: 'new' }])
    await eventually(() => other.ended.length > 0, { withinMs: 10_000 })
    expect(other.ended).toEqual(['new'])
  })
})

describe('the audit log', () => {
  test('keeps the order, and waits while the log is away', async () => {
    let isAway = true
    const errors: unknown[] = []
    const audit = openAudit({
      append: (project, events) => (isAway ? Promise.reject(new LogUnavailableError('away')) : eventLog.append(project, events)),
      onError: (error) => errors.push(error),
    })
    for (const what of ['one', 'two', 'three']) audit.note({ what, who: 'ann', result: 'done' })
    await eventually(() => errors.length > 0, { withinMs: 5_000 })
    isAway = false
    const stored = async () => (await eventLog.read(AUDIT_LOG, { after: 0, limit: 10 })).events
    await eventually(async () => (await stored()).length === 3, { withinMs: 5_000 })
    expect((await stored()).map((event) => ('what' in event ? event.what : ''))).toEqual(['one', 'two', 'three'])
    await audit.close()
  })
})

describe('entries of the audit log', () => {
  const DAY_MS = 86_400_000
  const entries = [1, 2, 3].map((each) => ({
    type: 'audited' as const,
    id: `e${each}`,
    what: `deed ${each}`,
    who: 'ann',
    result: 'done' as const,
  }))
  const query = { who: '', what: '', result: '' as const }

  test('go by age alone, however retention treats events; tokens stay', async () => {
    await eventLog.append(AUDIT_LOG, entries)
    const { access } = worker()
    const { id, event } = made()
    await access.tell([event])
    const removed = (days: number) =>
      removeOld({
        ...{ eventLog, policy: { days: 0, events: 1 }, auditDays: 400, now: () => Date.now() + days * DAY_MS },
        onError: (error) => expect(error).toBeUndefined(),
      })
    const left = async () => (await newestAudited({ eventLog, query }, { before: undefined, limit: 10 })).entries.map(({ what }) => what)
    await removed(399)
    expect(await left()).toEqual(['deed 3', 'deed 2', 'deed 1'])
    await removed(401)
    expect(await left()).toEqual([])
    await eventLog.append(AUDIT_LOG, [{ ...entries[0]!, id: 'later', what: 'later' }])
    expect(await left()).toEqual(['later'])
    const other = worker()
    await other.access.catchUp()
    expect(other.access.current().tokens.has(id)).toBe(true)
  })

  test('are found by who, what and result, the newest first, and page by page', async () => {
    const many = Array.from({ length: 1_200 }, (_, index) => ({
      ...{
        type: 'audited' as const,
        id: `m${index}`,
        what: index % 100 === 0 ? 'rare deed' : 'deed',
        who: index % 2 === 0 ? 'Ann' : 'ben',
      },
      result: index % 400 === 0 ? ('refused' as const) : ('done' as const),
    }))
    for (let from = 0; from < many.length; from += 400) await eventLog.append(AUDIT_LOG, many.slice(from, from + 400))
    const found = async (asked: Partial<AuditQuery>, before?: number, limit = 100) =>
      newestAudited({ eventLog, query: { ...query, ...asked } }, { before, limit })
    expect((await found({ what: 'RARE' })).entries.map(({ offset }) => offset)).toEqual([
      1101, 1001, 901, 801, 701, 601, 501, 401, 301, 201, 101, 1,
    ])
    expect((await found({ result: 'refused' })).entries).toHaveLength(3)
    expect((await found({ who: 'ann' })).entries).toHaveLength(100)
    const offsets: number[] = []
    for (let page = await found({}, undefined, 250); ; page = await found({}, page.before, 250)) {
      offsets.push(...page.entries.map(({ offset }) => offset))
      if (page.before === undefined) break
    }
    expect(offsets).toEqual(Array.from({ length: 1_200 }, (_, index) => 1_200 - index))
  })
})
