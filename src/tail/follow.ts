import { type Api, ApiProblem } from '../client/api.ts'
import { backOffMs, wait } from '../client/wait.ts'
import { isRecord } from '../domain/events/loose-fields.ts'
import { type TailPosition, readExtent } from './start.ts'

type Following = {
  api: Api
  project: string
  position: TailPosition
  stop: AbortSignal
  /** Resolves when there is room for more. */
  onEvents(events: readonly Record<string, unknown>[]): Promise<void>
  onNotice(text: string): void
}

const PAGE = 500
const PAUSE_MS = 1_000

/** Reports every event after a position once, in order. Resolves with a reason when the log is gone; rejects with ApiProblem. */
export async function follow(following: Following): Promise<string | undefined> {
  const { api, project, stop, onEvents, onNotice } = following
  let { position } = following
  let failures = 0
  while (!stop.aborted) {
    try {
      const page = await readPage(following, position)
      if (failures > 0) onNotice(`${api.url} is back; going on after offset ${position.after}`)
      failures = 0
      await onEvents(page.events)
      position = { epoch: page.epoch, after: page.last ?? position.after }
      if (!page.hasMore) await wait(PAUSE_MS, stop)
    } catch (error) {
      if (stop.aborted) return undefined
      if (!(error instanceof ApiProblem)) throw error
      if (error.code === 'PROJECT_NOT_FOUND') return `${project} is no longer there: ${api.url} does not know it any more`
      if (!error.isAway) position = elsewhere(error, { position, onNotice })
      else if (failures++ === 0) onNotice(`${error.message}; trying again`)
      if (error.isAway) await wait(backOffMs(failures), stop)
    }
  }
  return undefined
}

async function readPage({ api, project, stop }: Following, { epoch, after }: TailPosition) {
  const path = `/projects/${encodeURIComponent(project)}/events?after=${epoch}:${after}&limit=${PAGE}`
  const page = await api.get(path, stop)
  const events = Array.isArray(page['events']) ? page['events'].filter(isRecord) : []
  const last = events.at(-1)?.['offset']
  return {
    epoch: String(page['epoch']),
    events,
    last: typeof last === 'number' ? last : undefined,
    hasMore: page['next'] !== null,
  }
}

/** The log was replaced, or retention was faster than the reader. */
function elsewhere(error: ApiProblem, { position, onNotice }: { position: TailPosition } & Pick<Following, 'onNotice'>): TailPosition {
  if (error.code !== 'GONE' && error.code !== 'STATE_CONFLICT') throw error
  const { epoch, first, head } = readExtent(error)
  if (error.code === 'GONE') {
    onNotice(`offsets ${position.after + 1} to ${first - 1} were removed by retention before they could be read`)
    return { epoch, after: first - 1 }
  }
  const isReplaced = epoch !== position.epoch
  onNotice(
    `the log ${isReplaced ? 'was replaced' : `ends at offset ${head} now`}; going on with ${isReplaced ? 'the new one' : 'what comes'}`,
  )
  return { epoch, after: isReplaced ? first - 1 : head }
}
