import { beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import { FOLD_VERSION } from '../../../src/domain/project/project.ts'
import { encodeState } from '../../../src/domain/project/state-codec.ts'
import { PROJECTS_LOG } from '../../../src/domain/events/names.ts'
import { openSqliteLog } from '../../../src/event-log/sqlite/sqlite.ts'
import { stateAt } from '../../../src/projection/time-travel.ts'
import { temporaryFolder } from '../../support/ending.ts'
import { htmlProblems } from '../../support/page-quality.ts'
import { at, writePast } from '../../support/past-log.ts'
import { type RunningServer, startServer } from '../../support/server.ts'

let server: RunningServer
let crowded: RunningServer
beforeAll(async () => {
  const [few, many] = [temporaryFolder('file'), temporaryFolder('file')]
  for (const folder of [few, many]) await writePast(join(folder, 'events.sqlite'))
  await addProjects(join(many, 'events.sqlite'), 70)
  ;[server, crowded] = await Promise.all([
    startServer({ lifetime: 'file', dataDir: few }),
    startServer({ lifetime: 'file', dataDir: many }),
  ])
})

const reject = (error: unknown) => expect(error).toBeUndefined()

/** As retention leaves it: the state at an event, and the events after it. */
async function forget(file: string, project: string, upTo: number) {
  const eventLog = await openSqliteLog({ file })
  const { epoch, state } = await stateAt({ eventLog, onError: reject }, project, String(upTo))
  await eventLog.trim({ project, epoch, foldVersion: FOLD_VERSION, offset: upTo, body: encodeState(state) })
  await eventLog.close()
}

/** More than one page of projects that only exist now. */
async function addProjects(file: string, count: number) {
  const log = await openSqliteLog({ file })
  for (let index = 0; index < count; index += 1) {
    const project = `p-${String(index).padStart(3, '0')}`
    await log.append(project, [{ type: 'workflow_transition', new_state: 'SPRINT_ACTIVE', id: 'first' }])
    await log.append(PROJECTS_LOG, [{ type: 'project_registered', project, settings: {}, id: `registered:${project}` }])
  }
  await log.close()
}

async function page(path: string, from = server) {
  const response = await fetch(`${from.url}${path}`, { headers: { accept: 'text/html' }, redirect: 'manual' })
  return { status: response.status, location: response.headers.get('location'), html: await response.text() }
}

const rowsOf = (html: string) => [...html.matchAll(/class="row__name" href="([^"]+)"/g)].map(([, href]) => href)
const wordOf = (html: string, project: string) => new RegExp(`id="project-${project}"[^>]*data-attention="(\\w+)"`).exec(html)?.[1]

test('all projects are shown as they stood, and what leads on leads to the same moment', async () => {
  const { status, html } = await page(`/?at=${at(60)}`)
  expect(status).toBe(200)
  expect(rowsOf(html)).toEqual([`/projects/apollo?at=${at(60)}`, `/projects/gemini?at=${at(60)}`])
  expect(wordOf(html, 'apollo')).toBe('working')
  expect(html).toContain('data-state="past"')
  expect(html).not.toContain('/live/?')
  expect(html).not.toContain('http-equiv="refresh"')
  expect(html).toMatch(/<a id="travel-live"[^>]* href="\/"/)
  expect(await htmlProblems(html)).toEqual([])
})

test('the order, the counts and the filters are those of the moment', async () => {
  expect(wordOf((await page(`/?at=${at(101)}`)).html, 'apollo')).toBe('in_review')
  expect((await page(`/?at=${at(101)}`)).html).toContain('<h1>1 project needs you</h1>')
  expect((await page(`/?at=${at(101)}`)).html).toMatch(/<div class="dock.*?href="#projects"/s)
  expect(rowsOf((await page(`/?at=${at(101)}&attention=in_review`)).html)).toEqual([`/projects/apollo?at=${at(101)}`])
  expect(rowsOf((await page(`/?at=${at(60)}&attention=in_review`)).html)).toEqual([])
  expect(rowsOf((await page(`/?at=${at(60)}&q=gem`)).html)).toEqual([`/projects/gemini?at=${at(60)}`])
})

test('what had not reported by then is not there', async () => {
  expect(rowsOf((await page(`/?at=${at(-1)}`)).html)).toEqual([])
})

test('of more projects than one page holds only those on the page are looked at, by name', async () => {
  const now = encodeURIComponent(new Date().toISOString())
  const first = (await page(`/?at=${now}`, crowded)).html
  expect(rowsOf(first)).toHaveLength(60)
  expect(rowsOf(first)[0]).toStartWith('/projects/apollo?at=')
  expect(first).toContain('Projects of this page, by name')
  expect(first).toContain(`rel="next" href="/?sort=name&amp;at=${now}&amp;page=2"`)
  const second = (await page(`/?at=${now}&page=2&attention=in_review`, crowded)).html
  expect(rowsOf(second)).toHaveLength(12)
  expect(second).not.toContain('Remove filter')
})

test('an offset, and what is no time, are refused with the reason', async () => {
  for (const bad of ['2', 'yesterday', '2026-11-23T20:30:00', '']) {
    const { status, html } = await page(`/?at=${bad}`)
    expect([bad, status]).toEqual([bad, 400])
    expect(html).toContain('a time with a zone such as')
  }
  expect((await page('/?at=2')).html).toContain('an offset counts the events of one project')
})

test('the form’s time becomes an address, with the filters that were in force', async () => {
  expect(await page('/?on=2026-11-23T20:30&tag=web')).toMatchObject({ status: 303, location: '/?tag=web&at=2026-11-23T20%3A30%3A00Z' })
  expect((await page('/')).html).toMatch(/id="look-back"[^>]* href="\/\?at=20/)
})

test('before what is kept of a project, the page says where the rest begins and leads there', async () => {
  const dataDir = temporaryFolder()
  const file = join(dataDir, 'events.sqlite')
  await writePast(file)
  await forget(file, 'apollo', 5)
  const trimmed = await startServer({ dataDir })
  const { status, html } = await page('/projects/apollo?at=2', trimmed)
  expect(status).toBe(410)
  expect(html).toContain('Events before offset 6 were removed by retention')
  expect(html).toContain('href="/projects/apollo?at=6"')
  expect(await htmlProblems(html)).toEqual([])
  expect((await page('/projects/apollo?at=6', trimmed)).status).toBe(200)
  const some = await page(`/?at=${at(20)}`, trimmed)
  expect(rowsOf(some.html)).toEqual([`/projects/gemini?at=${at(20)}`])
  expect(some.html).toContain('of 1 project that time is no longer kept')
  await trimmed.stop()
  await forget(file, 'gemini', 2)
  await trimmed.restart()
  const none = await page(`/?at=${at(1)}`, trimmed)
  expect(none.status).toBe(410)
  expect(none.html).toContain(`href="/?at=${at(12)}"`)
  expect((await page(`/?at=${at(12)}`, trimmed)).status).toBe(200)
})
