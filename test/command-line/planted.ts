import { cpSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { endAfter, temporaryFolder } from '../support/ending.ts'

export const ROOT = join(import.meta.dir, '../..')

export type Program = {
  pid: number
  exited: Promise<number>
  kill(signal: NodeJS.Signals): void
  /** What it and its children wrote so far, to either stream. */
  output(): string
}

/** A copy of the program in a folder of its own, so that a test can change it. */
export function plantProgram(): string {
  const root = temporaryFolder()
  for (const name of ['src', 'views', 'static', 'package.json', 'tsconfig.json'])
    cpSync(join(ROOT, name), join(root, name), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'))
  return root
}

/** What the launcher needs to install and start a program, which is put at src/main.ts; nothing is installed. */
export function plantLauncher(program: string): string {
  const root = temporaryFolder()
  for (const name of ['src/launch.mjs', 'package.json', 'bun.lock', 'bunfig.toml', 'tsconfig.json'])
    cpSync(join(ROOT, name), join(root, name))
  writeFileSync(join(root, 'src/main.ts'), program)
  return root
}

/** Starts a command and collects what it writes. It ends with the test, whatever happens in it. */
export function start(command: string[], { cwd, env = {} }: { cwd: string; env?: Record<string, string> }): Program {
  const written: string[] = []
  const kept = ['PATH', 'HOME', 'TMPDIR'].flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []))
  const child = Bun.spawn(command, { cwd, env: { ...Object.fromEntries(kept), ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  const read = Promise.all([collect(child.stdout, written), collect(child.stderr, written)])
  endAfter('test', () => child.kill('SIGKILL'))
  return {
    pid: child.pid,
    exited: Promise.all([child.exited, read]).then(([code]) => code),
    kill: (signal) => child.kill(signal),
    output: () => written.join(''),
  }
}

async function collect(stream: ReadableStream<Uint8Array>, into: string[]): Promise<void> {
  const decoder = new TextDecoder()
  for await (const bytes of stream) into.push(decoder.decode(bytes, { stream: true }))
}
