import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type CommandResult = {
  exitCode: number
  output: string
  ms: number
  /** What it and those that it started, and that ended before it, used of the processors. */
  processorMs: number
  isLate: boolean
}
export type CommandOptions = { env?: Record<string, string>; cwd?: string; deadlineMs: number }

const running = new Set<Bun.Subprocess>()

/** Ends what is still running: first asked, then, two seconds later, told. */
export async function endCommands(): Promise<void> {
  await Promise.all([...running].map(end))
}

async function end(child: Bun.Subprocess): Promise<void> {
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 2_000)
  await child.exited
  clearTimeout(timer)
}

/** Runs a command to its end or its deadline; what it wrote to either stream comes back in the order written. */
export async function runCommand(argv: string[], { env = {}, cwd = process.cwd(), deadlineMs }: CommandOptions): Promise<CommandResult> {
  const folder = mkdtempSync(join(tmpdir(), 'visualizer-run-'))
  const path = join(folder, 'output')
  const file = openSync(path, 'a')
  const began = performance.now()
  let isLate = false
  try {
    const child = Bun.spawn(argv, { stdio: ['ignore', file, file], env: { ...process.env, ...env }, cwd })
    running.add(child)
    const timer = setTimeout(() => {
      isLate = true
      void end(child)
    }, deadlineMs)
    const exitCode = await child.exited
    clearTimeout(timer)
    running.delete(child)
    const processorMs = Number(child.resourceUsage()?.cpuTime.total ?? 0) / 1_000
    return { exitCode, output: readFileSync(path, 'utf8').trimEnd(), ms: performance.now() - began, processorMs, isLate }
  } finally {
    closeSync(file)
    rmSync(folder, { recursive: true, force: true })
  }
}
