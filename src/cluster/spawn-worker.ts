import { type FromWorker, isFromWorker, type ToWorker } from './messages.ts'

export type Ending = {
  code: number | null
  signal: string | null
  refusal: string | undefined
}

export type SpawnedWorker = {
  name: string
  pid: number
  /** True once it serves, false when it ended before. */
  ready: Promise<boolean>
  /** Resolves once it stopped listening, or ended. */
  stoppedListening: Promise<void>
  ended: Promise<Ending>
  send(message: ToWorker): void
  kill(): void
}

type Options = { command: string[]; name: string; onMessage(message: FromWorker): void }

/** Starts a worker process, which waits for its first message. */
export function spawnWorker({ command, name, onMessage }: Options): SpawnedWorker {
  const readiness = Promise.withResolvers<boolean>()
  const silence = Promise.withResolvers<void>()
  let refusal: string | undefined
  let isOver = false
  const child = Bun.spawn(command, {
    stdio: ['ignore', 'inherit', 'inherit'],
    argv0: `visualizer worker ${name}`,
    serialization: 'advanced',
    onDisconnect() {
      isOver = true
    },
    ipc(message: unknown) {
      if (!isFromWorker(message)) return
      if (message.type === 'ready') readiness.resolve(true)
      else if (message.type === 'stopped-listening') silence.resolve()
      else if (message.type === 'refused') refusal = message.reason
      else onMessage(message)
    },
  })
  const ended = child.exited.then(() => {
    readiness.resolve(false)
    silence.resolve()
    return { code: child.exitCode, signal: child.signalCode === null ? null : String(child.signalCode), refusal }
  })
  return {
    name,
    pid: child.pid,
    ready: readiness.promise,
    stoppedListening: silence.promise,
    ended,
    send(message) {
      if (!isOver) sendTo(child, message)
    },
    kill: () => child.kill('SIGKILL'),
  }
}

function sendTo(child: { send(message: ToWorker): unknown }, message: ToWorker) {
  try {
    child.send(message)
  } catch (error) {
    // The process has ended, though the channel does not say so yet; `ended` will.
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_IPC_CHANNEL_CLOSED')) throw error
  }
}
