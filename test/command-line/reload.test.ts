import { expect, test } from 'bun:test'
import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '../support/ending.ts'
import { eventually, within } from '../support/eventually.ts'
import { freePort } from '../support/ports.ts'
import { plantProgram, type Program, start } from './planted.ts'

const EMPTY = 'web_interface: { auto_reload: true }\n'
const withProject = (name: string) => `${EMPTY}projects: { ${name}: { path: . } }\n`

type Reloading = Program & { root: string; config: string; url: string; port: number; ready(): number[] }

/** The service under restart on change, from a copy of the program; `ready` gives the processes that have served so far. */
async function startReloading(options: { yaml?: string; args?: string[]; env?: Record<string, string> } = {}): Promise<Reloading> {
  const [root, folder, port] = [plantProgram(), temporaryFolder(), await freePort()]
  const config = join(folder, 'orch-config.yaml')
  if (options.yaml !== undefined) writeFileSync(config, options.yaml)
  const command = [process.execPath, `--tsconfig-override=${join(root, 'tsconfig.json')}`, join(root, 'src/main.ts'), 'serve']
  const program = start([...command, '--port', String(port), ...(options.args ?? [])], {
    cwd: folder,
    ...(options.env && { env: options.env }),
  })
  const ready = () => [...program.output().matchAll(/server ready on .*pid=(\d+)/g)].map(([, pid]) => Number(pid))
  await starts({ ...program, ready }, 1)
  return { ...program, root, config, url: `http://localhost:${port}`, port, ready }
}

const starts = (program: { ready(): number[]; output(): string }, count: number) =>
  eventually(() => program.ready().length === count, { withinMs: 20_000, else: program.output })

const says = (program: Program, text: string) =>
  eventually(() => program.output().includes(text), { withinMs: 20_000, else: program.output })

async function projectNames(url: string): Promise<string[]> {
  const response = await fetch(`${url}/api/v1/projects`)
  const { projects } = (await response.json()) as { projects: { name?: string; project_name?: string }[] }
  return projects.map((project) => project.name ?? project.project_name ?? '')
}

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('a changed configuration is in force a moment later, at the same address', async () => {
  const service = await startReloading({ yaml: EMPTY })
  expect(await projectNames(service.url)).toEqual([])
  writeFileSync(service.config, withProject('apollo'))
  await starts(service, 2)
  expect(await projectNames(service.url)).toEqual(['apollo'])
  expect(service.output()).toContain('orch-config.yaml changed.')
  expect(isAlive(service.ready()[0]!)).toBe(false)
}, 60_000)

test('a broken configuration is said and changes nothing; put right, it is in force', async () => {
  const service = await startReloading({ yaml: withProject('apollo') })
  writeFileSync(service.config, withProject('default'))
  await says(service, 'what runs stays as it is')
  expect(service.output()).toContain(`orch-config.yaml:2:13 projects.default: cannot be a project's name`)
  expect(service.ready()).toHaveLength(1)
  expect(await projectNames(service.url)).toEqual(['apollo'])
  writeFileSync(service.config, withProject('gemini'))
  await starts(service, 2)
  expect(await projectNames(service.url)).toContain('gemini')
}, 60_000)

test('a configuration file that is made later is seen', async () => {
  const service = await startReloading({ args: ['--debug'] })
  writeFileSync(service.config, withProject('apollo'))
  await starts(service, 2)
  expect(await projectNames(service.url)).toEqual(['apollo'])
}, 60_000)

test('a changed program is started anew, a broken one is not', async () => {
  const service = await startReloading({ args: ['--debug'] })
  appendFileSync(join(service.root, 'src/domain/events/names.ts'), '\nexport const = broken\n')
  await says(service, 'what runs stays as it is')
  expect(service.ready()).toHaveLength(1)
  writeFileSync(
    join(service.root, 'src/domain/events/names.ts'),
    await Bun.file(join(import.meta.dir, '../../src/domain/events/names.ts')).text(),
  )
  await starts(service, 2)
}, 60_000)

test('--no-reload starts one process, whatever the file says', async () => {
  const service = await startReloading({ yaml: EMPTY, args: ['--no-reload'] })
  expect(service.ready()).toEqual([service.pid])
}, 60_000)

test('several workers are restarted on change, too, and leave nothing behind', async () => {
  const service = await startReloading({ yaml: EMPTY, env: { WORKERS: '2' } })
  writeFileSync(service.config, withProject('apollo'))
  await starts(service, 2)
  expect(await projectNames(service.url)).toEqual(['apollo'])
  service.kill('SIGTERM')
  expect(await within(20_000, 'the end', service.exited)).toBe(0)
  const workers = [...service.output().matchAll(/worker_pid=(\d+)/g)].map(([, pid]) => Number(pid))
  expect(new Set(workers).size).toBe(4)
  expect(workers.filter(isAlive)).toEqual([])
}, 60_000)

test('SIGTERM ends both, and nobody listens then', async () => {
  const service = await startReloading({ args: ['--debug'] })
  service.kill('SIGTERM')
  expect(await within(20_000, 'the end', service.exited)).toBe(0)
  expect(isAlive(service.ready()[0]!)).toBe(false)
}, 60_000)

test('killed without a word, the watching program leaves no service behind', async () => {
  const service = await startReloading({ args: ['--debug'] })
  service.kill('SIGKILL')
  await eventually(() => !isAlive(service.ready()[0]!), { withinMs: 20_000 })
}, 60_000)

test('a first start that is refused ends at once, with its code', async () => {
  const port = await freePort()
  await using _taken = Bun.serve({ port, hostname: 'localhost', fetch: () => new Response() })
  const root = plantProgram()
  const command = [process.execPath, `--tsconfig-override=${join(root, 'tsconfig.json')}`, join(root, 'src/main.ts')]
  const program = start([...command, '--debug', '--port', String(port)], { cwd: temporaryFolder() })
  expect(await within(20_000, 'the end', program.exited)).toBe(2)
  expect(program.output()).toContain(`port ${port} on localhost is taken`)
}, 60_000)
