import { mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { within } from '../support/eventually.ts'
import { freePort } from '../support/ports.ts'

export type BenchedServer = {
  url: string
  port: number
  pid: number
  /** From the start of the process to the first answer 200 of /ready. */
  readyMs: number
  /** Asks it to end, or ends it as a power cut would. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

const PROGRAM = join(import.meta.dir, '../../src/main.ts')

type StartOptions = { readyWithinMs?: number; env?: Record<string, string> }

/** Starts the real program on a data folder. What it logs goes to a file, as it would behind systemd or a container. */
export async function startServer(dataDir: string, { readyWithinMs = 60_000, env = {} }: StartOptions = {}): Promise<BenchedServer> {
  const port = await freePort()
  const log = openSync(join(dataDir, 'server.log'), 'a')
  const beganAt = performance.now()
  const child = Bun.spawn(
    [process.execPath, '--no-orphans', PROGRAM, 'serve', '--host', '127.0.0.1', '--port', String(port), '--data-dir', dataDir],
    {
      stdio: ['ignore', log, log],
      env: { PATH: process.env['PATH'] ?? '', HOME: dataDir, MAX_VIEWERS: '20000', APP_ENV: 'production', ...env },
    },
  )
  const url = `http://127.0.0.1:${port}`
  const readyMs = await within(readyWithinMs, 'the server', untilReady(url, child.exited)).catch((error: unknown) => {
    child.kill('SIGKILL')
    throw error
  })
  return {
    url,
    port,
    pid: child.pid,
    readyMs: readyMs - beganAt,
    async end(signal) {
      child.kill(signal)
      await within(40_000, `the server's end after ${signal}`, child.exited)
    },
  }
}

async function untilReady(url: string, exited: Promise<number>): Promise<number> {
  let exitCode: number | undefined
  void exited.then((code) => (exitCode = code))
  while (exitCode === undefined) {
    const isReady = await fetch(`${url}/ready`).then(
      (response) => response.ok,
      () => false,
    )
    if (isReady) return performance.now()
    await Bun.sleep(2)
  }
  throw new Error(`the server ended with code ${exitCode}`)
}

/** A folder that goes with this process. */
export function benchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'visualizer-bench-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}
