import { watch } from 'chokidar'

export type ReloadOptions = {
  start: string[]
  check: string[]
  watched: string[]
  tell(line: string): void
}

type Program = Bun.Subprocess<'inherit', 'inherit', 'inherit'>

const SIGNALS = ['SIGTERM', 'SIGINT'] as const
/** Editors write several files at once, and one file in several steps. */
const SETTLE_MS = 100
const REFUSED = 2
const STOP_SECONDS = 35

/** Development only: restarts the program on changes that can be started. Resolves with the exit code after a signal or a refused start. */
export async function runReloading(options: ReloadOptions): Promise<number> {
  const keeper = keepRunning(options)
  for (const signal of SIGNALS) process.on(signal, keeper.signalled)
  const watcher = watchSettled(options.watched, keeper.changed)
  try {
    return await keeper.ended
  } finally {
    for (const signal of SIGNALS) process.off(signal, keeper.signalled)
    await watcher.close()
  }
}

function keepRunning({ start, check, tell }: ReloadOptions) {
  const { promise: ended, resolve, reject } = Promise.withResolvers<number>()
  let isStopping = false
  let isReplacing = false
  let program: Program | undefined
  let turn = Promise.resolve()

  const launch = (isFirst: boolean) => {
    const child = spawn(start)
    program = child
    child.exited.then((code) => {
      program = undefined
      if (isReplacing) return
      if (isStopping || code === 0 || (isFirst && code === REFUSED)) resolve(code)
      else tell(`The program ended with code ${code}. It is started again when something changes.`)
    }, reject)
  }
  const relaunch = async (path: string) => {
    tell(`${path} changed.`)
    if (!(await isFit(check))) return tell('It cannot be started like this; what runs stays as it is.')
    if (isStopping) return
    isReplacing = true
    if (program) await stop(program)
    isReplacing = false
    if (isStopping) resolve(0)
    else launch(false)
  }
  const changed = (path: string) => {
    turn = turn.then(() => relaunch(path)).catch(reject)
  }
  const signalled = (signal: NodeJS.Signals) => {
    isStopping = true
    if (program) program.kill(signal)
    else resolve(0)
  }
  launch(true)
  return { ended, changed, signalled }
}

const isFit = async (check: string[]) => (await Bun.spawn(check, { stdin: 'ignore', stdout: 'ignore', stderr: 'inherit' }).exited) === 0

/** The closed channel ends the child if we are killed, so that it frees the port. */
const spawn = (command: string[]): Program => Bun.spawn(command, { stdio: ['inherit', 'inherit', 'inherit'], ipc: ignoreMessage })

const ignoreMessage = () => undefined

async function stop(program: Program): Promise<void> {
  program.kill('SIGTERM')
  const timer = setTimeout(() => program.kill('SIGKILL'), STOP_SECONDS * 1000)
  await program.exited
  clearTimeout(timer)
}

function watchSettled(paths: string[], onChange: (path: string) => void) {
  let timer: ReturnType<typeof setTimeout> | undefined
  const watcher = watch(paths, { ignoreInitial: true, ignored: (path) => /(^|\/)(node_modules|\.git)(\/|$)|~$|\.sw[px]$/.test(path) })
  watcher.on('all', (_, path) => {
    clearTimeout(timer)
    timer = setTimeout(onChange, SETTLE_MS, path)
  })
  return watcher
}
