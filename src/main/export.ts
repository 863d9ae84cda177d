import { existsSync } from 'node:fs'
import { relative } from 'node:path'
import { exportReplay } from '../compose/export.ts'
import { ApiProblem } from '../client/api.ts'
import type { Flags } from '../config/flags.ts'
import { loadConfig } from '../config/load.ts'
import { count, refuse, warn } from './say.ts'
import type { ExportSettings } from '../config/client-settings.ts'

const REFUSALS = new Set(['RefusedError', 'UnusableLogError'])
const AWAY = 1
const INTERRUPTED = 130

/** Writes a project's replay. */
export async function exportProject(settings: ExportSettings, flags: Flags): Promise<number> {
  const { config, warnings } = loadConfig({ flags })
  if (!settings.address) warn(warnings)
  const shown = relative('.', settings.out)
  if (existsSync(settings.out) && !settings.isForced) {
    return refuse(`${shown} is there already; choose another with --out, or replace it with --force`)
  }
  const stop = new AbortController()
  const interrupt = () => stop.abort()
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
  const began = performance.now()
  try {
    const { bytes, recorded } = await exportReplay({ config, settings, progress, onError, signal: stop.signal })
    clearLine()
    const seconds = ((performance.now() - began) / 1_000).toFixed(1)
    const period = `${new Date(recorded.first.at).toISOString()} to ${new Date(recorded.last.at).toISOString()}`
    console.log(`${shown}: ${count(recorded.events, 'event')}, ${period}, ${bytes.toLocaleString('en')} bytes, in ${seconds} s`)
    return 0
  } catch (error) {
    clearLine()
    return stop.signal.aborted ? INTERRUPTED : exportFailure(error, shown)
  }
}

function exportFailure(error: unknown, file: string): number {
  if (!(error instanceof Error)) throw error
  if (REFUSALS.has(error.name) || (error instanceof ApiProblem && !error.isAway)) return refuse(error.message)
  if (error instanceof ApiProblem || error.name === 'LogUnavailableError') {
    console.error(`visualizer: ${error.message}`)
    return AWAY
  }
  const code = 'code' in error ? String(error.code) : ''
  if (/^E[A-Z]+$/.test(code) && 'syscall' in error) return refuse(`${file} cannot be written (${code}); choose another place with --out`)
  throw error
}

function progress(done: number, of: number) {
  if (process.stderr.isTTY)
    process.stderr.write(`\r${Math.floor((done / of) * 100)} %, ${done.toLocaleString('en')} of ${count(of, 'event')}`)
}

function onError(error: unknown) {
  console.error(`visualizer: ${error instanceof Error ? error.message : String(error)}`)
}

function clearLine() {
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K')
}
