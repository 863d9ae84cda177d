import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { endAfter, type Lifetime, temporaryFolder } from './ending.ts'
import { eventually, within } from './eventually.ts'
import { freePort } from './ports.ts'

export type ServerOptions = {
  /** What orch-config.yaml holds; without it the service starts empty. */
  config?: string
  env?: Record<string, string>
  dataDir?: string
  port?: number
  /** Further flags of `visualizer serve`. */
  args?: string[]
  lifetime?: Lifetime
  readyWithinMs?: number
  /** The tree that it runs from: another build of the service. */
  root?: string
}

export type RunningServer = {
  url: string
  port: number
  dataDir: string
  pid(): number
  /** Asks it to end (SIGTERM) and gives back its exit code. */
  stop(): Promise<number>
  /** Ends it as a power cut would (SIGKILL). */
  kill(): Promise<void>
  /** Starts it again on the same port with the same data, ended or not. */
  restart(): Promise<void>
  /** Everything that it wrote to stdout and stderr so far, all runs together. */
  logs(): string
}

export type Ended = { exitCode: number; stdout: string; stderr: string }

type Run = { child: Bun.Subprocess<'ignore', 'pipe', 'pipe'>; read: Promise<unknown> }

const ROOT = join(import.meta.dir, '../..')
// As the launcher starts it: Bun looks for this file in the folder that it is started in.
const programIn = (root: string) => [`--tsconfig-override=${join(root, 'tsconfig.json')}`, join(root, 'src/main.ts')]
export const PROGRAM = programIn(ROOT)
const STOP_WITHIN_MS = 35_000

/**
 * What every program has, and nothing of ours: a PORT of the person who runs the tests must not reach the server. It keeps the memory that
 * it no longer uses: giving it back, ten times a second, takes an eighth of the processor time of a start.
 */
export function plainEnvironment(): Record<string, string> {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'USER']
  const own = Object.fromEntries(kept.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])))
  return { ...own, MIMALLOC_PURGE_DELAY: '-1' }
}

/** In a folder of its own: an orch-config.yaml of the person who runs the tests must not be found either. */
export function spawnProgram(args: string[], env: Record<string, string>, cwd: string, root = ROOT) {
  return Bun.spawn([process.execPath, ...programIn(root), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd,
    env: { ...plainEnvironment(), ...env },
  })
}

/** Runs the real program to its end: `check-config`, `--help`, a start that is refused. */
export async function runProgram(args: string[], env: Record<string, string> = {}): Promise<Ended> {
  const child = spawnProgram(args, env, temporaryFolder())
  endAfter('test', () => child.kill('SIGKILL'))
  const reading = Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text(), child.exited])
  const [stdout, stderr, exitCode] = await within(60_000, `visualizer ${args.join(' ')}`, reading)
  return { exitCode, stdout, stderr }
}

async function collect(stream: ReadableStream<Uint8Array>, into: string[]): Promise<void> {
  const decoder = new TextDecoder()
  for await (const bytes of stream) into.push(decoder.decode(bytes, { stream: true }))
}

/** It says where it listens before it is believed: on a taken port it would be another that answers. */
async function isReady(port: number, { written, path }: { written: string; path: string }): Promise<boolean> {
  if (!new RegExp(`https?://\\S+:${port}\\b`).test(written)) return false
  const response = await fetch(`http://localhost:${port}${path}`, { signal: AbortSignal.timeout(1_000) })
  return response.ok
}

/** Starts the real program and waits until it is ready; it ends with the test (or file), whatever happens in it. */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const { lifetime = 'test', readyWithinMs = 60_000, env = {} } = options
  const port = options.port ?? (await freePort())
  const dataDir = options.dataDir ?? temporaryFolder(lifetime)
  const url = `http://localhost:${port}`
  const written: string[] = []
  const logs = () => written.join('')
  const folder = temporaryFolder(lifetime)
  const args = ['serve', '--port', String(port), '--data-dir', dataDir, ...(options.args ?? [])]
  if (options.config !== undefined) {
    const path = join(folder, 'orch-config.yaml')
    writeFileSync(path, options.config)
    args.push('--config', path)
  }
  let run: Run | undefined
  const readyPath = env['HEALTH_CHECK_ENDPOINT'] === 'false' ? '/' : '/ready'

  async function start() {
    // A test asks more often than any reader does.
    const child = spawnProgram(args, { RATE_LIMITING: 'false', ...env }, folder, options.root)
    run = { child, read: Promise.all([collect(child.stdout, written), collect(child.stderr, written)]) }
    let exit: number | undefined
    const before = logs().length
    void child.exited.then((code) => (exit = code))
    const isSettled = async () => exit !== undefined || (await isReady(port, { written: logs().slice(before), path: readyPath }))
    await eventually(isSettled, { withinMs: readyWithinMs, everyMs: 20, else: logs })
    if (exit !== undefined) throw new Error(`the server ended with code ${exit}\n${logs()}`)
  }

  async function end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number> {
    if (!run) return 0
    const { child, read } = run
    run = undefined
    child.kill(signal)
    try {
      const exitCode = await within(STOP_WITHIN_MS, `the server's end after ${signal}`, child.exited)
      await within(5_000, "the end of the server's output", read)
      return exitCode
    } catch (error) {
      child.kill('SIGKILL')
      throw new Error(`${String(error)}\n${logs()}`, { cause: error })
    }
  }

  endAfter(lifetime, async () => {
    await end('SIGKILL')
    // Shown where the test failed: why the service answered 500 stands in its log alone.
    const errors = logs()
      .split('\n')
      .filter((line) => /\bERROR\b|"level":"error"/.test(line))
    if (errors.length > 0) console.log(`The server's errors:\n${errors.slice(0, 20).join('\n')}`)
  })
  await start()
  return {
    url,
    port,
    dataDir,
    logs,
    pid: () => run?.child.pid ?? 0,
    stop: () => end('SIGTERM'),
    kill: async () => void (await end('SIGKILL')),
    async restart() {
      await end('SIGTERM')
      await start()
    },
  }
}
