import { existsSync, type Stats, unwatchFile, watch, watchFile } from 'node:fs'
import { join } from 'node:path'

export type ReloadOptions = {
  start: string[]
  check: string[]
  /** Folders with all their contents, and a file that may not exist yet. */
  watched: { folders: string[]; file: string }
  tell(line: string): void
}

type Program = Bun.Subprocess<'inherit', 'inherit', 'inherit'>

const SIGNALS = ['SIGTERM', 'SIGINT'] as const
/** Editors write several files at once, and one file in several steps. */
const SETTLE_MS = 100
/** The file is polled: it may be a link, or appear later. */
const LOOK_MS = 250
const LEFT_BY_EDITORS = /~$|\.sw[px]$/
const REFUSED = 2
const STOP_SECONDS = 35

/** Development only: restarts the program on changes that can be started. Resolves with the exit code after a signal or a refused start. */
export async function runReloading(options: ReloadOptions): Promise<number> {
  const keeper = keepRunning(options)
  for (const signal of SIGNALS) process.on(signal, keeper.signalled)
  const unwatch = watchSettled(options, keeper.changed)
  try {
    return await keeper.ended
  } finally {
    for (const signal of SIGNALS) process.off(signal, keeper.signalled)
    unwatch()
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

function watchSettled({ watched: { folders, file }, tell }: Pick<ReloadOptions, 'watched' | 'tell'>, onChange: (path: string) => void) {
  let timer: ReturnType<typeof setTimeout> | undefined
  const changed = (path: string) => {
    if (LEFT_BY_EDITORS.test(path)) return
    clearTimeout(timer)
    timer = setTimeout(onChange, SETTLE_MS, path)
  }
  const unseen = (error: Error) => tell(`Not every change is seen: ${error.message}`)
  const watchers = folders
    .filter((folder) => existsSync(folder))
    .map((folder) => watch(folder, { recursive: true }, (_, name) => changed(join(folder, name ?? ''))).on('error', unseen))
  const looked = (now: Stats, before: Stats) => {
    if (now.mtimeMs !== before.mtimeMs || now.ino !== before.ino) changed(file)
  }
  watchFile(file, { interval: LOOK_MS }, looked)
  return () => {
    for (const watcher of watchers) watcher.close()
    unwatchFile(file, looked)
    clearTimeout(timer)
  }
}
