import { endAfter, temporaryFolder } from './ending.ts'
import { eventually, within } from './eventually.ts'
import { PROGRAM, plainEnvironment, spawnProgram } from './server.ts'

export type StartedProgram = {
  /** What it wrote so far. */
  out(): string
  err(): string
  /** Waits until its output holds a text. */
  says(text: string | RegExp): Promise<void>
  signal(name: 'SIGSTOP' | 'SIGCONT'): void
  /** Sends a signal and gives back the exit code. */
  end(signal: 'SIGINT' | 'SIGTERM'): Promise<number>
  /** Closes the pipe that it writes to, as `head` does when it has its lines. */
  stopReading(): void
  exited: Promise<number>
}

type Options = { env?: Record<string, string>; cwd?: string }

/** The real program while it runs, as a shell without a terminal starts it; it ends with the test. */
export function startProgram(args: string[], { env = {}, cwd = temporaryFolder() }: Options = {}): StartedProgram {
  const child = spawnProgram(args, env, cwd)
  const written = { out: '', err: '' }
  const out = child.stdout.getReader()
  const read = Promise.all([
    collect(out, (text) => (written.out += text)),
    collect(child.stderr.getReader(), (text) => (written.err += text)),
  ])
  endAfter('test', () => child.kill('SIGKILL'))
  const ended = async () => {
    const code = await child.exited
    await read
    return code
  }
  const exited = ended()
  return {
    out: () => written.out,
    err: () => written.err,
    async says(text) {
      const holds = (all: string) => (typeof text === 'string' ? all.includes(text) : text.test(all))
      await eventually(() => holds(written.out + written.err), {
        withinMs: 20_000,
        else: () => `waited for ${String(text)}\n${written.out}\n${written.err}`,
      })
    },
    signal: (name) => child.kill(name),
    async end(signal) {
      child.kill(signal)
      return within(20_000, `the end of visualizer ${args.join(' ')}`, exited)
    },
    stopReading: () => void out.cancel(),
    exited,
  }
}

async function collect(reader: ReadableStreamDefaultReader<Uint8Array>, add: (text: string) => void): Promise<void> {
  const decoder = new TextDecoder()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    add(decoder.decode(value, { stream: true }))
  }
}

/** The real program on a terminal of its own, so many columns wide. */
export function startOnTerminal(args: string[], { env = {}, columns = 80 }: { env?: Record<string, string>; columns?: number }) {
  let shown = ''
  const decoder = new TextDecoder()
  const child = Bun.spawn([process.execPath, ...PROGRAM, ...args], {
    cwd: temporaryFolder(),
    env: { ...plainEnvironment(), TERM: 'xterm-256color', ...env },
    terminal: { cols: columns, rows: 24, data: (_, bytes) => (shown += decoder.decode(bytes, { stream: true })) },
  })
  endAfter('test', () => child.kill('SIGKILL'))
  return {
    /** Everything that it sent to the terminal, sequences included. */
    shown: () => shown,
    says: async (text: string) => void (await eventually(() => shown.includes(text), { withinMs: 20_000, else: () => shown })),
    /** Ctrl-C, as the keyboard gives it. */
    async interrupt() {
      child.terminal?.write('\u0003')
      return within(20_000, `the end of visualizer ${args.join(' ')}`, child.exited)
    },
  }
}
