import { beforeAll, describe, expect, test } from 'bun:test'
import type { Scope } from '../../src/domain/token-terms.ts'
import { PAGES, topicAt } from '../../src/pages/registry.ts'
import { endAfter } from '../support/ending.ts'
import { eventually, within } from '../support/eventually.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { openTokens } from '../support/tokens.ts'

const [GRANTED, HIDDEN, UNKNOWN] = ['apollo-11', 'gemini-04', 'soyuz-123']
const SCOPES: readonly Scope[] = ['ingest', 'read', 'command', 'admin']

let server: RunningServer
let all = ''
let give: Awaited<ReturnType<typeof openTokens>>
const tokens = new Map<string, string>()

beforeAll(async () => {
  server = await startServer({ env: { AUTH: 'token' }, lifetime: 'file' })
  give = await openTokens(server, 'file')
  all = await give({ name: 'everything', scopes: ['admin'], projects: ['*'] })
  for (const scope of SCOPES) tokens.set(scope, await give({ name: scope, scopes: [scope], projects: ['apollo-*'] }))
  for (const project of [GRANTED, HIDDEN]) await report(project, { type: 'tdd_cycle_started', story_id: 'S-1' })
}, 60_000)

const send = (method: string, path: string, body: object) =>
  fetch(`${server.url}${path}`, { method, headers: { authorization: `Bearer ${all}` }, body: JSON.stringify(body) })

async function report(project: string, event: object) {
  const { status } = await send('POST', `/api/v1/projects/${project}/events`, event)
  expect([project, status]).toEqual([project, 202])
}

async function tag(project: string, tags: string[]) {
  expect((await send('PATCH', `/api/v1/projects/${project}`, { tags })).status).toBe(200)
}

type Heard = { frames: string[]; closed: Promise<number>; text(): string; isOpen(): boolean }

/** Watches as a page does. What only keeps a connection alive is no frame. */
function watch(token: string | undefined, address: string): Heard {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/live${address}`, { headers } as never)
  const frames: string[] = []
  socket.addEventListener('message', ({ data }) => {
    if (!/^\{"now":\d+\}$/.test(String(data))) frames.push(String(data))
  })
  const closed = new Promise<number>((resolve) => socket.addEventListener('close', ({ code }) => resolve(code)))
  endAfter('test', () => socket.close())
  return { frames, closed, text: () => frames.join('\n'), isOpen: () => socket.readyState === WebSocket.OPEN }
}

const closing = ({ closed }: Heard) => within(10_000, 'the end of a websocket', closed)
const first = ({ frames }: Heard) => eventually(() => frames[0])

/** An address of each page that is kept current. */
const addresses = PAGES.flatMap(({ routes }) => routes)
  .map((route) => route.replace('stories/:id', 'stories/S-1').replace('agents/:id', 'agents/A-1').replace(':offset', '1'))
  .map((route) => (/\/(stories|agents)$/.test(route) ? `${route}?id=S-1` : route))
  .concat('/attention')
  .filter((route) => topicAt(new URL(route.replace(':name', GRANTED), 'http://topic')) !== undefined)
const ofProject = addresses.filter((address) => address.includes(':name'))
const ofAll = addresses.filter((address) => !address.includes(':name'))
const at = (address: string, project: string) => address.replace(':name', project)

const maySee = (scope: Scope) => scope !== 'ingest'

describe('security 06: a websocket of a token with the scope', () => {
  test('there are pages to watch', () => {
    expect(ofProject.length).toBeGreaterThan(6)
    expect(ofAll).toEqual(['/', '/attention'])
  })

  test.each(ofProject.flatMap((address) => SCOPES.map((scope) => [scope, address] as const)))('%s at %s', async (scope, address) => {
    const [granted, hidden, unknown] = [GRANTED, HIDDEN, UNKNOWN].map((project) => watch(tokens.get(scope), at(address, project))) as [
      Heard,
      Heard,
      Heard,
    ]
    expect([await closing(hidden), await closing(unknown)]).toEqual([4403, 4403])
    expect([hidden.frames, unknown.frames]).toEqual([[], []])
    if (maySee(scope)) expect(await first(granted)).toContain('"since"')
    else expect([await closing(granted), granted.frames]).toEqual([4403, []])
  })

  test.each(ofProject)('resumes %s at a position of a project that it may not see: no byte of it', async (address) => {
    const shown = watch(all, at(address, HIDDEN))
    const { since } = JSON.parse(await first(shown)) as { since: string }
    for (const query of [`since=${since}`, `since=${since.split(':')[0]}:0`, 'since=', `since=${since}&made=x`]) {
      const resumed = watch(tokens.get('read'), `${at(address, HIDDEN)}${address.includes('?') ? '&' : '?'}${query}`)
      expect([await closing(resumed), resumed.frames]).toEqual([4403, []])
    }
  })

  test.each(ofAll.flatMap((address) => SCOPES.map((scope) => [scope, address] as const)))(
    '%s at %s of all projects',
    async (scope, address) => {
      const seen = watch(tokens.get(scope), address)
      expect(await first(seen)).not.toContain(HIDDEN)
      if (address === '/') expect(seen.text().includes(GRANTED)).toBe(maySee(scope))
    },
  )

  test('and without a token is closed with the code for signing in', async () => {
    const [one, other] = [watch(undefined, `/projects/${GRANTED}`), watch(undefined, `/projects/${UNKNOWN}`)]
    expect([await closing(one), await closing(other)]).toEqual([4401, 4401])
  })
})

describe('what happens in a project', () => {
  test('is told on the overview to those who see it, and moves nothing for others', async () => {
    const [seen, everything] = [watch(tokens.get('read'), '/'), watch(all, '/')]
    await Promise.all([first(seen), first(everything)])
    const before = seen.frames.length
    await report(HIDDEN, { type: 'approval_requested', approval_id: 'Q-9', title: 'Open the hatch of the hidden one?' })
    await eventually(() => everything.text().includes('Open the hatch of the hidden one?'))
    await report(GRANTED, { type: 'approval_requested', approval_id: 'Q-9', title: 'Open the hatch of the granted one?' })
    await eventually(() => seen.text().includes('Open the hatch of the granted one?'))
    expect(seen.text()).not.toContain('hidden one')
    expect(seen.text()).not.toContain(HIDDEN)
    // One frame: the other project's event caused none.
    expect(seen.frames.length).toBe(before + 1)
  })

  test('counts for those who see it alone', async () => {
    const counts = async (token: string | undefined): Promise<unknown> =>
      (await fetch(`${server.url}/api/v1/status`, { headers: { authorization: `Bearer ${token}` } })).json()
    const [seen, everything] = [await counts(tokens.get('read')), await counts(all)]
    expect(seen).toMatchObject({ statistics: { projects: 1 } })
    expect(everything).toMatchObject({ statistics: { projects: 2 } })
    expect(JSON.stringify(seen)).not.toContain('events_accepted')
    expect(JSON.stringify(everything)).toContain('events_accepted')
  })
})

test('whoever may see no project is told so, and shown the first one that there is', async () => {
  const token = await give({ name: 'early', scopes: ['read'], projects: ['tag:later'] })
  const answer = await fetch(server.url, { headers: { authorization: `Bearer ${token}`, accept: 'text/html' } })
  const page = await answer.text()
  expect(page).toContain('No project that you may see')
  expect(page).not.toContain('curl')
  const overview = watch(token, '/')
  await first(overview)
  await tag(GRANTED, ['later'])
  await eventually(() => overview.text().includes(GRANTED))
  await tag(GRANTED, [])
})

describe('tags that change', () => {
  test('move a project out of sight of those who watch it, and back', async () => {
    await report('voyager', { type: 'tdd_cycle_started', story_id: 'S-1' })
    await tag('voyager', ['probe'])
    const token = await give({ name: 'probes', scopes: ['read'], projects: ['tag:probe'] })
    const [page, overview] = [watch(token, '/projects/voyager'), watch(token, '/')]
    expect(await first(page)).toContain('voyager')
    expect(await first(overview)).toContain('voyager')
    await tag('voyager', ['lost'])
    expect(await closing(page)).toBe(4403)
    const [frames, shown] = [page.frames.length, () => overview.frames.at(-1) ?? '']
    await eventually(() => overview.frames.length > 1 && !shown().includes('voyager'))
    await report('voyager', { type: 'approval_requested', approval_id: 'Q-1', title: 'Still there?' })
    expect((await fetch(`${server.url}/projects/voyager`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(404)
    expect(overview.text()).not.toContain('Still there?')
    await tag('voyager', ['probe'])
    await eventually(() => shown().includes('Still there?'))
    expect(page.frames.length).toBe(frames)
  })

  test('let those stay who see it all the same', async () => {
    const page = watch(all, `/projects/${GRANTED}`)
    await first(page)
    await tag(GRANTED, ['moon'])
    await eventually(() => page.text().includes('moon'))
    expect(page.isOpen()).toBe(true)
  })
})

describe('forms of a project', () => {
  const page = async (token: string | undefined, path: string) =>
    (await fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${token}`, accept: 'text/html' } })).text()
  const forms = (html: string) => [...html.matchAll(/method="post" action="\/projects\/[^/]+\/(\w+)"/g)].map(([, deed]) => deed).toSorted()

  test.each<[Scope, string[]]>([
    ['read', []],
    ['command', ['archive']],
    ['admin', ['archive', 'purge']],
  ])('are shown to a token with the scope %s as far as it may: %p', async (scope, deeds) => {
    const path = `/projects/${GRANTED}`
    expect(forms(await page(tokens.get(scope), path))).toEqual(deeds)
    // A page that comes back from elsewhere is sent all of it.
    const whole = JSON.parse(await first(watch(tokens.get(scope), `${path}?since=x&made=y`))) as { content: string }
    expect(forms(whole.content)).toEqual(deeds)
  })

  test('are refused with what is needed and who gives it', async () => {
    const headers = { authorization: `Bearer ${tokens.get('read')}`, accept: 'text/html' }
    const answer = await fetch(`${server.url}/projects/${GRANTED}/archive`, { method: 'POST', headers })
    const text = await answer.text()
    expect(answer.status).toBe(403)
    for (const words of [
      'Not permitted',
      `Acting on &quot;${GRANTED}&quot; is not permitted to you.`,
      'for the right to act',
      'Go to the project',
    ])
      expect(text).toContain(words)
  })

  test('and nobody keeps for others what was shown to somebody', async () => {
    for (const path of ['/', `/projects/${GRANTED}`, `/projects/${GRANTED}/badge.svg`, '/api/v1/projects', `/projects/${HIDDEN}`]) {
      const { headers } = await fetch(`${server.url}${path}`, {
        headers: { authorization: `Bearer ${tokens.get('read')}`, accept: 'text/html' },
      })
      expect([path, /private|no-store/.test(headers.get('cache-control') ?? '') || path.includes(HIDDEN)]).toEqual([path, true])
    }
  })

  test('privacy that is switched on takes texts off open pages', async () => {
    await report(GRANTED, { type: 'chat_message', message: 'the combination is 1-2-3', message_id: 'M-1' })
    const reader = watch(tokens.get('read'), `/projects/${GRANTED}/chat`)
    await eventually(() => reader.text().includes('1-2-3'))
    const { since, made } = JSON.parse(reader.frames.at(-1) ?? '') as { since: string; made?: string }
    const before = (JSON.parse(reader.frames[0] ?? '') as { made?: string }).made ?? made ?? ''
    expect((await send('PATCH', `/api/v1/projects/${GRANTED}`, { privacy: 'metadata_only' })).status).toBe(200)
    expect(await closing(reader)).toBe(1012)
    const back = watch(tokens.get('read'), `/projects/${GRANTED}/chat?since=${since}&made=${encodeURIComponent(before)}`)
    expect(await first(back)).toContain('hidden here: figures only')
    expect(back.text()).not.toContain('1-2-3')
    await send('PATCH', `/api/v1/projects/${GRANTED}`, { privacy: 'open' })
  })
})
