import { expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { endAfter, temporaryFolder } from '../support/ending.ts'
import { eventually } from '../support/eventually.ts'
import { report } from '../support/report.ts'
import { startServer } from '../support/server.ts'
import { watchProject } from '../support/viewer.ts'
import { isAlive, pidsOf, statusOf } from './workers.ts'

const withProject = (name: string) => `projects: { ${name}: { path: . } }\n`

async function startWith(yaml: string, workers = '2') {
  const file = join(temporaryFolder(), 'orch-config.yaml')
  writeFileSync(file, yaml)
  const server = await startServer({ args: ['--config', file], env: { WORKERS: workers } })
  let reloads = 0
  /** Sends SIGHUP, and resolves once the log says what became of it. */
  async function reload(yaml?: string): Promise<string> {
    if (yaml !== undefined) writeFileSync(file, yaml)
    reloads += 1
    process.kill(server.pid(), 'SIGHUP')
    const said = () => [...server.logs().matchAll(/configuration read anew: (.+)/g)].map(([, outcome]) => outcome ?? '')
    await eventually(() => said().length === reloads, { withinMs: 30_000, else: server.logs })
    return said().at(-1) ?? ''
  }
  return { server, reload }
}

const lifecyclesOf = async (url: string, query = '') => {
  const { projects } = (await (await fetch(`${url}/api/v1/projects${query}`)).json()) as { projects: { name: string; status: string }[] }
  return projects.map(({ name, status }) => `${name} ${status}`).toSorted()
}

const projectsOf = async (url: string) => {
  const { projects } = (await (await fetch(`${url}/api/v1/projects`)).json()) as { projects: { name?: string; project_name?: string }[] }
  return projects.map((project) => project.name ?? project.project_name)
}

test('a changed configuration is in force in new workers, and the old ones are gone', async () => {
  const { server, reload } = await startWith(withProject('apollo'))
  const old = pidsOf(server.logs())
  expect(await reload(withProject('gemini'))).toBe('rolled')
  await eventually(() => !old.some(isAlive), { withinMs: 20_000 })
  expect(await projectsOf(server.url)).toContain('gemini')
  expect(pidsOf(server.logs())).toHaveLength(4)
  expect((await statusOf(server.url)).reload).toMatchObject({ outcome: 'rolled', problems: [] })
  expect(await server.stop()).toBe(0)
}, 90_000)

test('an unchanged configuration, or one whose lines stand in another order, moves nobody', async () => {
  const { server, reload } = await startWith('projects: { apollo: { path: . } }\nglobal: { stale_minutes: 5 }\n')
  expect(await reload()).toBe('unchanged')
  expect(await reload('global: { stale_minutes: 5 }\nprojects: { apollo: { path: . } }\n')).toBe('unchanged')
  expect(pidsOf(server.logs())).toHaveLength(2)
  expect((await statusOf(server.url)).reload).toMatchObject({ outcome: 'unchanged' })
}, 90_000)

test('a bad configuration changes nothing, and every problem is told', async () => {
  const { server, reload } = await startWith(withProject('apollo'))
  expect(await reload(withProject('default'))).toBe('refused')
  const problem = "projects.default: cannot be a project's name"
  expect(server.logs()).toContain(problem)
  const status = await statusOf(server.url)
  expect(status.reload?.outcome).toBe('refused')
  expect(status.reload?.problems.join()).toContain(problem)
  expect(pidsOf(server.logs())).toHaveLength(2)
  // A worker that is started meanwhile has what is in force, not what the file says.
  process.kill(pidsOf(server.logs())[0]!, 'SIGKILL')
  await eventually(async () => pidsOf(server.logs()).length === 3 && (await statusOf(server.url)).worker.pid === pidsOf(server.logs())[2], {
    withinMs: 20_000,
  })
  expect((await statusOf(server.url)).reload?.outcome).toBe('refused')
  expect(await projectsOf(server.url)).toContain('apollo')
}, 90_000)

test('a new generation that does not come up is ended, and the old one stays', async () => {
  const { server, reload } = await startWith(withProject('apollo'))
  const old = pidsOf(server.logs())
  const outcome = reload(withProject('gemini'))
  const born = await eventually(() => pidsOf(server.logs())[2], { everyMs: 5 })
  process.kill(born, 'SIGKILL')
  expect(await outcome).toBe('failed')
  expect(pidsOf(server.logs()).filter(isAlive)).toEqual(old)
  expect((await statusOf(server.url)).reload).toMatchObject({ outcome: 'failed', problems: ['worker 1 ended with SIGKILL'] })
  expect(await reload()).toBe('rolled')
}, 90_000)

const TWO = 'projects: { apollo: { path: a }, gemini: { path: g } }\n'

test.each(['2', '1'])(
  'a file that was emptied changes nothing, at a reload or a start; with %s workers',
  async (workers) => {
    const { server, reload } = await startWith(TWO, workers)
    for (const emptied of ['', '# soon\n', 'projects: {}\n', 'global: { stale_minutes: 5 }\nproj: {}\n']) {
      expect(await reload(emptied)).toBe('refused')
    }
    const { reload: said } = await statusOf(server.url)
    expect(said?.problems.join()).toContain('would archive all of 2 projects (apollo, gemini)')
    expect(said?.problems.join()).toContain('allow_removal: true')
    await server.stop()
    await server.restart()
    expect(server.logs()).toContain('they are kept')
    expect(await lifecyclesOf(server.url)).toEqual(['apollo active', 'gemini active'])
    const status = (await (await fetch(`${server.url}/api/v1/status`)).json()) as { warnings: string[] }
    expect(status.warnings.join()).toContain('would archive all of 2 projects')
  },
  90_000,
)

test('a file that was cut off in the middle of a long list is refused, and one that says so removes them', async () => {
  const lines = Array.from({ length: 12 }, (_, index) => `  p${index + 10}: { path: ./p${index} }\n`)
  const { server, reload } = await startWith(`projects:\n${lines.join('')}`)
  expect(await reload(`projects:\n${lines.slice(0, 4).join('')}`)).toBe('refused')
  expect((await statusOf(server.url)).reload?.problems.join()).toContain('8 of 12 projects (p14, p15, p16 and 5 more)')
  expect(await reload(`allow_removal: true\nprojects:\n${lines.slice(0, 4).join('')}`)).toBe('rolled')
  await eventually(async () => (await lifecyclesOf(server.url, '?status=archived')).length === 8)
}, 90_000)

test('one process alone says that a changed configuration needs a restart', async () => {
  const { server, reload } = await startWith(withProject('apollo'), '1')
  expect(await reload()).toBe('unchanged')
  expect(await reload(withProject('gemini'))).toBe('restart needed')
  expect((await statusOf(server.url)).reload?.outcome).toBe('restart needed')
}, 90_000)

test('no viewer is moved while a worker of the old generation could still take it', async () => {
  const { server, reload } = await startWith(withProject('apollo'))
  await report(server, 'apollo', { type: 'x-first' })
  const viewers = Array.from({ length: 10 }, () => watchProject([server.url], 'apollo'))
  await eventually(() => viewers.every((viewer) => viewer.isOpen() && viewer.since() !== ''))
  const slow = pidsOf(server.logs())[1] ?? 0
  process.kill(slow, 'SIGSTOP')
  endAfter('test', () => void (isAlive(slow) && process.kill(slow, 'SIGCONT')))
  expect(await reload(withProject('gemini'))).toBe('rolled')
  const isMoved = eventually(() => viewers.some((viewer) => !viewer.isOpen() || viewer.connections() > 1), { withinMs: 700 })
  await expect(isMoved).rejects.toThrow('did not hold')
  process.kill(slow, 'SIGCONT')
  await eventually(() => viewers.every((viewer) => viewer.connections() === 2 && viewer.isOpen()), { withinMs: 20_000 })
}, 90_000)
