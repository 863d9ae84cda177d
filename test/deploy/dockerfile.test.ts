import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'bun:test'
import { DockerfileParser, type Instruction } from 'dockerfile-ast'
import { validate } from 'dockerfile-utils'
import { runCommand } from '../support/command.ts'
import { SECRET_KEY } from '../support/signed-in.ts'
import { endAfter, temporaryFolder } from '../support/ending.ts'
import { eventually, within } from '../support/eventually.ts'
import { freePort } from '../support/ports.ts'
import { shipped } from '../support/shipped-file.ts'

const ROOT = join(import.meta.dir, '../..')
const text = shipped('Dockerfile')
const dockerfile = DockerfileParser.parse(text)

const argumentsOf = (instruction: Instruction) => instruction.getArguments().map((argument) => argument.getValue())
const named = (keyword: string) => dockerfile.getInstructions().filter((instruction) => instruction.getKeyword() === keyword)
const jsonOf = (source: string): string[] => JSON.parse(source.slice(source.indexOf('['), source.lastIndexOf(']') + 1)) as string[]

test('the Dockerfile has no fault that its linter knows', () => {
  expect(validate(text).map(({ message }) => message)).toEqual([])
})

test('its Bun is the one that the packages name', () => {
  const { dependencies } = JSON.parse(shipped('package.json')) as { dependencies: Record<string, string> }
  expect(argumentsOf(named('ARG')[0]!)).toEqual([`BUN_VERSION=${dependencies['bun']}`])
})

test('it says what the guide asks for', () => {
  expect(argumentsOf(named('EXPOSE')[0]!)).toEqual(['5000'])
  expect(argumentsOf(named('USER')[0]!)).toEqual(['visualizer'])
  expect(text).toMatch(/HEALTHCHECK --interval=30s --timeout=10s --start-period=5s --retries=3\s[^]*\/health/)
  expect(text).toMatch(/install -y --no-install-recommends git/)
})

/** Whether the build's context holds a path, as .dockerignore says: everything is left out but what a line brings back. */
function isInContext(path: string): boolean {
  const kept = shipped('.dockerignore')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1))
  return kept.some((line) => path === line || path.startsWith(`${line}/`) || line.startsWith(`${path}/`))
}

/** What COPY brings into the image from the context, laid into a folder. */
function replayCopies(app: string) {
  for (const instruction of named('COPY')) {
    const all = argumentsOf(instruction)
    if (instruction.getTextContent().includes('--from=')) continue
    const target = all.at(-1) ?? ''
    for (const source of all.slice(0, -1)) {
      if (!isInContext(source)) throw new Error(`COPY ${source}: .dockerignore leaves it out`)
      const to = target.endsWith('/') ? join(app, target, source) : join(app, target)
      mkdirSync(dirname(to), { recursive: true })
      cpSync(join(ROOT, source), to, { recursive: true })
    }
  }
}

test('its steps, replayed in a clean folder, give a service that is healthy and drains', async () => {
  const app = temporaryFolder()
  replayCopies(app)
  const bin = temporaryFolder()
  symlinkSync(process.execPath, join(bin, 'bun'))
  const path = `${bin}:/usr/bin:/bin`
  const install = named('RUN')[0]!.getRawArgumentsContent() ?? ''
  expect(install).toStartWith('bun install --frozen-lockfile')
  const installed = await runCommand(['sh', '-ec', install], { cwd: app, env: { PATH: path }, deadlineMs: 120_000 })
  expect([installed.exitCode, installed.exitCode === 0 ? '' : installed.output]).toEqual([0, ''])
  expect(existsSync(join(app, 'node_modules/bun'))).toBe(false)
  expect(existsSync(join(app, 'node_modules/oxlint'))).toBe(false)

  const set = Object.fromEntries(argumentsOf(named('ENV')[0]!).map((pair) => pair.split('=') as [string, string]))
  const port = await freePort()
  const env = { ...set, PATH: path, PORT: String(port), DATA_DIR: temporaryFolder(), SECRET_KEY, HOME: app }
  const child = Bun.spawn(jsonOf(named('CMD')[0]!.getRawArgumentsContent() ?? ''), { cwd: app, env, stdio: ['ignore', 'pipe', 'inherit'] })
  endAfter('test', () => child.kill('SIGKILL'))
  const health = jsonOf(named('HEALTHCHECK')[0]!.getRawArgumentsContent() ?? '')
  const isHealthy = async () => {
    if (child.exitCode !== null) throw new Error(`the service ended with code ${child.exitCode}`)
    return (await runCommand(health, { cwd: app, env, deadlineMs: 10_000 })).exitCode === 0
  }
  await eventually(isHealthy, { withinMs: 30_000, everyMs: 200 })
  expect((await fetch(`http://127.0.0.1:${port}/login`)).status).toBe(200)
  child.kill('SIGTERM')
  expect(await within(31_000, 'the end after SIGTERM', child.exited)).toBe(0)
  const unhealthy = await runCommand(health, { cwd: app, env, deadlineMs: 10_000 })
  expect(unhealthy.exitCode).not.toBe(0)
}, 180_000)

test('the image holds every file that the program reads', () => {
  const readByProgram = ['package.json', 'tsconfig.json', 'bunfig.toml', 'src', 'views', 'static']
  for (const path of readByProgram) expect(isInContext(path)).toBe(true)
  for (const path of ['test', 'docs', '.git', '.data', 'node_modules', 'config/production.env.example'])
    expect(isInContext(path)).toBe(false)
  expect(readFileSync(join(ROOT, '.dockerignore'), 'utf8').split('\n')).toContain('*')
})
