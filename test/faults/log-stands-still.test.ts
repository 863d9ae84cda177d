import { describe, expect, test } from 'bun:test'
import { eventually } from '../support/eventually.ts'
import { startPostgres } from '../support/postgres.ts'
import { startRedis } from '../support/redis.ts'
import { call, report } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'

type Frame = { content?: string; since?: string; trouble?: { kind: string } | null }
type Log = {
  env: Record<string, string>
  stop(): unknown
  goOn(): unknown
  /** As a restored copy would: the log is another one. */ replace(): Promise<unknown>
}

async function onRedis(): Promise<Log> {
  const redis = await startRedis()
  return {
    env: { REDIS_URL: redis.url },
    stop: () => redis.signal('SIGSTOP'),
    goOn: () => redis.signal('SIGCONT'),
    replace: () => redis.cli('FLUSHALL'),
  }
}

async function onPostgres(): Promise<Log> {
  const postgres = await startPostgres('test')
  const url = await postgres.newDatabase()
  return {
    env: { DATABASE_URL: url },
    stop: () => postgres.kill('SIGSTOP'),
    goOn: () => postgres.kill('SIGCONT'),
    replace: () => postgres.run('TRUNCATE events; TRUNCATE projects', url),
  }
}

/** What a page's websocket hears. */
function listen({ url }: RunningServer, path: string) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/live${path}`)
  const frames: Frame[] = []
  socket.addEventListener('message', ({ data }) => {
    const frame = JSON.parse(String(data)) as Frame
    // What else there is tells that the silence is calm.
    if (frame.content !== undefined || frame.trouble !== undefined) frames.push(frame)
  })
  const shown = () => frames.filter(({ content }) => content !== undefined)
  return { path, frames, shown, end: () => socket.close() }
}

async function positionOf(server: RunningServer, project: string): Promise<string> {
  // While the log is only just back, the state may still be refused.
  const { body } = await eventually(async () => {
    const reply = await call(server, `/api/v1/projects/${project}/state`)
    return reply.status === 200 && reply
  })
  const { epoch, offset } = body
  return `${String(epoch)}:${String(offset)}`
}

/** The whole of a page, by what stands in it alone. */
const WHOLE: Record<string, string> = {
  '/projects/apollo': '<hx-partial id="board"',
  '/projects/apollo/timeline': '<hx-partial id="timeline"',
}

/** A page that another worker rendered a moment ahead, or from another log, and one that reads the log when it is opened. */
const PAGES = ['/projects/apollo?since=elsewhere:4', '/projects/apollo/timeline?window=1h', '/projects/apollo/timeline?window=24h']

describe.each([
  ['Redis', onRedis],
  ['PostgreSQL', onPostgres],
])('while %s stands still a little longer than one call waits', (_, open) => {
  test('who comes hears that the log is away, then the whole page, and nothing in between; the log file tells', async () => {
    const log = await open()
    const server = await startServer({ env: log.env, readyWithinMs: 30_000 })
    for (const story_id of ['s1', 's2', 's3']) await report(server, 'apollo', { type: 'tdd_transition', story_id, new_state: 'design' })
    log.stop()
    const viewers = PAGES.map((path) => listen(server, path))
    await eventually(() => viewers.every(({ frames }) => frames.length > 0))
    log.goOn()
    await eventually(() => report(server, 'apollo', { type: 'tdd_transition', story_id: 's4', new_state: 'design' }))
    const head = await positionOf(server, 'apollo')
    for (const viewer of viewers) {
      const told = () => JSON.stringify(viewer.frames.map((frame) => ({ ...frame, content: frame.content?.slice(0, 200) })))
      await eventually(() => viewer.shown().at(-1)?.since === head, { else: told })
      expect(viewer.frames[0]?.trouble).toMatchObject({ kind: 'log' })
      expect(viewer.shown()[0]?.content).toContain(WHOLE[viewer.path.split('?')[0] ?? ''])
      expect(viewer.frames.filter(({ content, trouble }) => content === undefined && trouble === null)).toEqual([])
    }
    expect(server.logs()).toMatch(/cannot be reached|event log is away/)
    await eventually(() => /is reachable again|event log is back/.test(server.logs()))
  }, 60_000)
})

test('a log that was replaced while it stood still: who came meanwhile sees what is there now, also after coming back', async () => {
  const log = await onRedis()
  const server = await startServer({ env: log.env })
  for (let turn = 0; turn < 9; turn += 1) await report(server, 'apollo', { type: 'x-before' })
  const before = await positionOf(server, 'apollo')
  const path = `/projects/apollo?since=${before.replace(/9$/, '10')}`
  log.stop()
  const replaced = log.replace()
  const viewer = listen(server, path)
  await eventually(() => viewer.frames.length > 0)
  log.goOn()
  await replaced
  for (const story_id of ['new-1', 'new-2']) {
    await eventually(() => report(server, 'apollo', { type: 'tdd_transition', story_id, new_state: 'design' }))
  }
  const head = await eventually(async () => {
    const position = await positionOf(server, 'apollo')
    return position.endsWith(':2') && position
  })
  await eventually(() => viewer.shown().at(-1)?.since === head)
  const first = viewer.shown().find(({ since }) => since?.split(':')[0] === head.split(':')[0])
  expect(first?.content).toContain('<hx-partial id="activity-list"')
  expect(first?.content).toContain('<hx-partial id="board"')
}, 60_000)

test('a page that was made from another log gets all of it, whatever number it stands at', async () => {
  const server = await startServer()
  for (const story_id of ['s1', 's2']) await report(server, 'apollo', { type: 'tdd_transition', story_id, new_state: 'design' })
  const since = await positionOf(server, 'apollo')
  const html = await (await fetch(`${server.url}/projects/apollo`)).text()
  const made = /[?&](?:amp;)?made=([^&"]+)/.exec(html)?.[1] ?? 'untold'
  const firstOf = async (path: string) => {
    const viewer = listen(server, path)
    const frame = await eventually(() => viewer.shown()[0])
    viewer.end()
    return frame
  }
  for (const page of ['/projects/apollo', '/projects/apollo/timeline', '/projects/apollo/stories/s1', '/projects/apollo/flow']) {
    const same = (await firstOf(`${page}?since=${since}&made=${made}`)).content ?? ''
    const other = (await firstOf(`${page}?since=${since}&made=elsewhere.1`)).content ?? ''
    expect([page, /<hx-partial id="(board|timeline|part-head|flow-timings)"/.test(same)]).toEqual([page, false])
    expect([page, /<hx-partial id="(board|timeline|part-head|flow-timings)"/.test(other)]).toEqual([page, true])
  }
})
