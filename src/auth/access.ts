import { z } from 'zod'
import type { NewEvent, StoredEvent } from '../domain/events/event.ts'
import type { AccessEvent } from '../domain/events/own-event.ts'
import { ACCESS_LOG } from '../domain/events/names.ts'
import type { EventLog } from '../event-log/event-log.ts'
import { SCOPES } from '../domain/token-terms.ts'
import type { Token } from './tokens.ts'

/** What all workers must know of who may come in: tokens, and whether an admin has signed in. Durable, and small. */
export type AccessState = {
  epoch: string | undefined
  offset: number
  tokens: ReadonlyMap<string, Token>
  hasAdmin: boolean
}

const Name = z.string()

const Told = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('token_created'),
    token: z.object({
      id: Name,
      name: Name,
      hash: Name,
      scopes: z.array(z.enum(SCOPES)),
      projects: z.array(Name),
      ends_at: z.number().nullable(),
    }),
    by: Name,
  }),
  z.object({ type: z.literal('token_revoked'), token: Name, by: Name }),
  z.object({ type: z.literal('session_ended'), session: Name }),
  z.object({ type: z.literal('admin_signed_in'), by: Name }),
])

const ENDED_KEPT_MS = 30 * 86_400_000

/** Nothing was stored yet. */
export const noAccess = (): AccessState => ({ epoch: undefined, offset: 0, tokens: new Map(), hasAdmin: false })

/** The state after an event; unknown events, of a later version, change nothing. */
export function foldAccess(state: AccessState, event: StoredEvent): AccessState {
  const { success, data } = Told.safeParse(event)
  const next = { ...state, offset: event.offset }
  if (!success) return next
  const at = event.received_at
  switch (data.type) {
    case 'token_created': {
      const { ends_at, ...token } = data.token
      const kept = [...state.tokens].filter(([, { endedAt }]) => endedAt === undefined || endedAt > at - ENDED_KEPT_MS)
      const created: Token = { ...token, createdAt: at, createdBy: data.by, endedAt: ends_at ?? undefined, revokedBy: undefined }
      return { ...next, tokens: new Map([...kept, [token.id, created]]) }
    }
    case 'token_revoked': {
      const token = state.tokens.get(data.token)
      if (!token || (token.endedAt !== undefined && token.endedAt <= at)) return next
      return { ...next, tokens: new Map(state.tokens).set(token.id, { ...token, endedAt: at, revokedBy: data.by }) }
    }
    case 'admin_signed_in':
      return { ...next, hasAdmin: true }
    case 'session_ended':
      return next
  }
}

export type Ended = { sessions: readonly string[]; tokens: readonly string[] }

function endedIn(events: readonly StoredEvent[]): Ended {
  const found = events.flatMap((event) => Told.safeParse(event).data ?? [])
  return {
    sessions: found.flatMap((event) => (event.type === 'session_ended' ? event.session : [])),
    tokens: found.flatMap((event) => (event.type === 'token_revoked' ? event.token : [])),
  }
}

type Deps = {
  eventLog: Pick<EventLog, 'read'>
  append(project: string, events: readonly NewEvent[]): Promise<unknown>
  onEnded(ended: Ended): void
  onError(error: unknown): void
}

const LOOK_MS = 2_000
const PAGE = 500

export type Access = ReturnType<typeof openAccess>

/** Follows who may come in. Looks into the log every two seconds, so that what ended anywhere ends here soon, even without a bus. */
export function openAccess({ eventLog, append, onEnded, onError }: Deps) {
  let state = noAccess()
  let isRead = false
  let reading: Promise<void> | undefined
  const timer = setInterval(() => void catchUp().catch(onError), LOOK_MS)

  async function read() {
    for (;;) {
      const page = await eventLog.read(ACCESS_LOG, { after: state.offset, limit: PAGE })
      // Another log, such as a restored one, is read from its beginning.
      const isOther = state.epoch !== undefined && (page.epoch !== state.epoch || page.head < state.offset)
      state = isOther ? noAccess() : { ...page.events.reduce(foldAccess, state), epoch: page.epoch }
      if (isRead && !isOther) tellEnded(page.events)
      if (!isOther && (state.offset >= page.head || page.events.length === 0)) break
    }
    isRead = true
  }

  function tellEnded(events: readonly StoredEvent[]) {
    const ended = endedIn(events)
    if (ended.sessions.length + ended.tokens.length > 0) onEnded(ended)
  }

  const catchUp = (): Promise<void> => (reading ??= read().finally(() => (reading = undefined)))

  return {
    current: (): AccessState => state,
    /** Afterwards everything is known that was stored before the call. Rejects with LogUnavailableError. */
    async catchUp(): Promise<void> {
      await reading?.catch(() => undefined)
      await catchUp()
    },
    async tell(events: readonly AccessEvent[]): Promise<void> {
      await append(
        ACCESS_LOG,
        events.map((event) => ({ ...event, id: Bun.randomUUIDv7() })),
      )
      await reading?.catch(() => undefined)
      await catchUp()
    },
    close: () => clearInterval(timer),
  }
}
