import { expect, test } from 'bun:test'
import { appendFileSync, cpSync, existsSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '../support/ending.ts'
import { eventually, within } from '../support/eventually.ts'
import { plantLauncher, type Program, ROOT, start } from './planted.ts'

const NODE = Bun.which('node') ?? process.execPath
const TELL = `console.log(JSON.stringify({ bun: process.versions.bun, args: process.argv.slice(2), cwd: process.cwd() }))\n`

/** A Bun that installs without asking the network for itself, as after a first installation. */
function withBun(root: string): string {
  mkdirSync(join(root, 'node_modules/bun/bin'), { recursive: true })
  symlinkSync(realpathSync(process.execPath), join(root, 'node_modules/bun/bin/bun.exe'))
  return root
}

const launch = (root: string, args: string[] = [], cwd = root) => start([NODE, join(root, 'src/launch.mjs'), ...args], { cwd })
const end = (program: Program) => within(60_000, 'the end of the launcher', program.exited)

async function launched(root: string, args: string[] = []): Promise<string> {
  const program = launch(root, args)
  expect(await end(program)).toBe(0)
  return program.output()
}

test('installs what is missing, then starts without a word, and installs again when the lock file changed', async () => {
  const root = withBun(plantLauncher(TELL))
  const first = await launched(root, ['serve', '--port', '1'])
  expect(first).toContain('Installing what bun.lock names.')
  expect(first).toContain('"args":["serve","--port","1"]')
  expect(existsSync(join(root, 'node_modules/hono/package.json'))).toBe(true)

  expect(JSON.parse(await launched(root))).toMatchObject({ bun: Bun.version, args: [] })

  appendFileSync(join(root, 'bun.lock'), '\n')
  expect(await launched(root)).toContain('Installing what bun.lock names.')
  expect(JSON.parse(await launched(root))).toMatchObject({ args: [] })
}, 120_000)

test('several at once install once, and all start', async () => {
  const root = withBun(plantLauncher(TELL))
  const programs = [1, 2, 3].map((n) => launch(root, [`n${n}`]))
  expect(await Promise.all(programs.map(end))).toEqual([0, 0, 0])
  const outputs = programs.map((program) => program.output())
  expect(outputs.filter((output) => output.includes('Installed in'))).toHaveLength(1)
  for (const [index, output] of outputs.entries()) expect(output).toContain(`"args":["n${index + 1}"]`)
  expect(existsSync(join(root, 'node_modules/.installing'))).toBe(false)
}, 120_000)

test('what an installer left that was killed does not stand in the way', async () => {
  const root = withBun(plantLauncher(TELL))
  const gone = start(['true'], { cwd: root })
  await gone.exited
  writeFileSync(join(root, 'node_modules/.installing'), String(gone.pid))
  expect(await launched(root)).toContain('"args":[]')
}, 120_000)

test('an installation that fails says what to do, and starts nothing', async () => {
  const root = withBun(plantLauncher(TELL))
  const manifest = (await Bun.file(join(root, 'package.json')).json()) as { dependencies: Record<string, string> }
  writeFileSync(join(root, 'package.json'), JSON.stringify({ ...manifest, dependencies: { ...manifest.dependencies, hono: '4.0.0' } }))
  const program = launch(root)
  expect(await end(program)).toBe(1)
  expect(program.output()).toContain('The installation failed: see what "bun install --frozen-lockfile" said above.')
  expect(program.output()).not.toContain('"args"')
}, 120_000)

const STAMP = 'node_modules/.installed-from'

let noted: Promise<string> | undefined
/** What the launcher notes once all is installed. One installation tells it for all trees with this lock file. */
async function install(): Promise<string> {
  const root = withBun(plantLauncher(TELL))
  await launched(root)
  return Bun.file(join(root, STAMP)).text()
}

/** A launcher that finds everything installed. */
async function installed(program: string): Promise<string> {
  const root = withBun(plantLauncher(program))
  writeFileSync(join(root, STAMP), await (noted ??= install()))
  return root
}

test('signals reach the program, its exit code comes back, and a death by signal is 128 and its number', async () => {
  const root = await installed(
    `process.on('SIGTERM', () => process.exit(7))\nprocess.on('SIGINT', () => process.kill(process.pid, 'SIGKILL'))\nsetInterval(() => undefined, 1e6)\nconsole.log('up')\n`,
  )
  for (const [signal, code] of [['SIGTERM', 7] as const, ['SIGINT', 137] as const]) {
    const program = launch(root)
    await eventually(() => program.output().includes('up'), { withinMs: 20_000 })
    program.kill(signal)
    expect(await end(program)).toBe(code)
  }
}, 120_000)

test('--run starts another file; the folder stays that of the caller; a stub in place of Bun is passed over', async () => {
  const root = await installed(TELL)
  const elsewhere = realpathSync(temporaryFolder())
  cpSync(join(root, 'src/main.ts'), join(elsewhere, 'tell.ts'))
  const program = launch(root, ['--run', join(elsewhere, 'tell.ts'), 'a', '--b'], elsewhere)
  expect(await end(program)).toBe(0)
  expect(JSON.parse(program.output())).toMatchObject({ args: ['a', '--b'], cwd: elsewhere })

  const platform = join(root, 'node_modules/@oven/bun-linux-x64/bin')
  mkdirSync(platform, { recursive: true })
  symlinkSync(realpathSync(process.execPath), join(platform, 'bun'))
  await Bun.file(join(root, 'node_modules/bun/bin/bun.exe')).delete()
  writeFileSync(join(root, 'node_modules/bun/bin/bun.exe'), 'the postinstall script was not run')
  expect(JSON.parse(await launched(root))).toMatchObject({ bun: Bun.version })
}, 120_000)

test('bun start works where there is no Node', async () => {
  const root = await installed(TELL)
  const path = temporaryFolder()
  symlinkSync(realpathSync(process.execPath), join(path, 'bun'))
  const program = start([join(path, 'bun'), 'start'], { cwd: root, env: { PATH: path } })
  expect(await end(program)).toBe(0)
  expect(program.output()).toContain('"args":["serve"]')
}, 120_000)

test('the scripts of package.json go through the launcher', async () => {
  const { scripts, bin } = (await Bun.file(join(ROOT, 'package.json')).json()) as {
    scripts: Record<string, string>
    bin: Record<string, string>
  }
  for (const script of Object.values(scripts)) expect(script).toContain('node src/launch.mjs')
  expect(bin).toEqual({ visualizer: 'src/launch.mjs' })
})
