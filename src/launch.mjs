#!/usr/bin/env node
/**
 * Starts the program on a machine that has Node and npm, or Bun: brings node_modules in step with bun.lock when it is not,
 * then runs `bun src/main.ts` (or `bun <file>` after `--run`) with the same arguments, streams, signals and exit code.
 * Plain Node 20 without dependencies, because it runs before anything is installed.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const modules = join(root, 'node_modules')
const stampFile = join(modules, '.installed-from')
const lockFile = join(modules, '.installing')
const bootstrap = join(modules, '.bun-to-install-with')
const manifestText = readFileSync(join(root, 'package.json'), 'utf8')
const bunVersion = JSON.parse(manifestText).dependencies.bun

const [first, ...rest] = process.argv.slice(2)
// Started in another folder, Bun would not find how the pages are to be compiled.
const settings = `--tsconfig-override=${join(root, 'tsconfig.json')}`
const program = [settings, ...(first === '--run' ? rest : [join(root, 'src/main.ts'), ...process.argv.slice(2)])]

try {
  const wanted = fingerprint()
  if (!isInStep(wanted)) await alone(() => (isInStep(wanted) ? undefined : install(wanted)))
  const { code, signal } = await run(findBun(modules), program, 'inherit')
  process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

function fingerprint() {
  const hash = createHash('sha256')
    .update(manifestText)
    .update(readFileSync(join(root, 'bun.lock')))
  return hash.update(`${process.platform} ${process.arch}`).digest('hex')
}

function isInStep(wanted) {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wanted && findBun(modules) !== undefined
}

/** Without its install script, the bun package is a stub of some hundred bytes; the program is then in the platform's package. */
function findBun(folder) {
  const platforms = join(folder, '@oven')
  const names = existsSync(platforms) ? readdirSync(platforms).filter((name) => name.startsWith('bun-')) : []
  const candidates = [join(folder, 'bun/bin/bun.exe'), ...names.map((name) => join(platforms, name, 'bin/bun'))]
  return candidates.find((path) => (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 1_000_000)
}

async function install(wanted) {
  const began = Date.now()
  console.error('Installing what bun.lock names. This happens once, and again when bun.lock changes.')
  const bun = process.versions.bun === undefined ? (findBun(modules) ?? (await fetchBun())) : process.execPath
  const { code } = await run(bun, ['install', '--frozen-lockfile'], 'quiet')
  rmSync(bootstrap, { recursive: true, force: true })
  if (code !== 0 || findBun(modules) === undefined) throw failure('bun install --frozen-lockfile')
  writeFileSync(stampFile, wanted)
  console.error(`Installed in ${((Date.now() - began) / 1000).toFixed(1)} s.`)
}

/** Bun itself, from npm. No install script runs, so this works where scripts are switched off. */
async function fetchBun() {
  console.error(`Fetching Bun ${bunVersion} by npm (about 40 MB) …`)
  mkdirSync(bootstrap, { recursive: true })
  writeFileSync(join(bootstrap, 'package.json'), '{"private":true}\n')
  const options = ['--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error']
  const { code } = await run('npm', ['install', '--prefix', bootstrap, ...options, `bun@${bunVersion}`], 'quiet')
  const bun = findBun(join(bootstrap, 'node_modules'))
  if (code !== 0 || bun === undefined) throw failure(`npm install bun@${bunVersion}`)
  return bun
}

function failure(command) {
  return new Error(
    [
      `The installation failed: see what "${command}" said above.`,
      'It needs the npm registry (npm config get registry), write access to node_modules and about 500 MB of disk.',
      'Put right what it names and start again. If node_modules itself is damaged, remove that folder first.',
    ].join('\n'),
  )
}

/** One installation at a time: whoever comes second waits, and then finds it done. */
async function alone(work) {
  claimFolder()
  for (let isTold = false; !claim(); isTold = true) {
    if (!isTold) console.error('Another start is installing; waiting for it …')
    await delay(100)
  }
  try {
    await work()
  } finally {
    rmSync(lockFile, { force: true })
  }
}

function claimFolder() {
  try {
    mkdirSync(modules, { recursive: true })
  } catch (error) {
    throw new Error(`node_modules cannot be made (${error.code}): the folder ${root} must be writable for the first start.`, {
      cause: error,
    })
  }
}

function claim() {
  try {
    writeFileSync(lockFile, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code !== 'EEXIST')
      throw new Error(`${modules} is not writable (${error.code}): it is not in step with bun.lock.`, { cause: error })
    discardLeftover()
    return false
  }
}

/** An installer that was killed leaves its lock. Renaming takes it away exactly once, however many wait for it. */
function discardLeftover() {
  const read = (path) => (existsSync(path) ? Number(readFileSync(path, 'utf8')) : undefined)
  const isGone = (pid) => pid !== undefined && pid > 0 && !isAlive(pid)
  if (!isGone(read(lockFile))) return
  const aside = `${lockFile}.${process.pid}`
  try {
    renameSync(lockFile, aside)
    if (isGone(read(aside))) rmSync(aside, { force: true })
    else renameSync(aside, lockFile)
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** Installers write to our error stream: standard output belongs to the program. */
function run(command, args, streams) {
  const stdio = streams === 'inherit' ? 'inherit' : ['ignore', 2, 2]
  const cwd = streams === 'inherit' ? process.cwd() : root
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio, cwd })
    const forward = (signal) => child.kill(signal)
    const signals = ['SIGTERM', 'SIGINT', 'SIGHUP']
    for (const signal of signals) process.on(signal, forward)
    child.once('error', (error) => reject(new Error(`${command} cannot be started: ${error.message}`, { cause: error })))
    child.once('exit', (code, signal) => {
      for (const name of signals) process.off(name, forward)
      resolve({ code, signal })
    })
  })
}
