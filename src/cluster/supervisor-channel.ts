import type { BusMessage, WorkerChannel } from '../bus/ipc.ts'
import { type FromWorker, isToWorker, type WorkerStart, type ToWorker } from './messages.ts'
import type { ReloadReport } from '../config/problem.ts'

export type WorkerLink = {
  bus: WorkerChannel
  /** The metrics of all workers; undefined without an answer in time. */
  renderAll(): Promise<string | undefined>
  reload(): ReloadReport | undefined
  isLeaving(): boolean
}

type Listeners = { collect(): void; reopenLogs(): void; stopListening(): void }

const RENDER_MS = 3_000
/** Shorter without a supervisor, since nobody waits. */
const DRAIN_MS = 27_000
const ORPHAN_DRAIN_MS = 5_000

/** The worker's end of the channel to its supervisor. */
export function openSupervisorChannel() {
  const started = Promise.withResolvers<WorkerStart>()
  const drained = Promise.withResolvers<void>()
  const { bus, take: takeBus } = busOver(send)
  const { renderAll, take: takeText } = renderingOver(send)
  let listeners: Listeners | undefined
  let report: ReloadReport | undefined
  let isLeaving = false

  function take(message: ToWorker) {
    switch (message.type) {
      case 'start':
        report = message.start.report
        return started.resolve(message.start)
      case 'bus':
        return takeBus(message.message)
      case 'collect':
        return listeners?.collect()
      case 'rendered':
        return takeText(message.text)
      case 'reload':
        return void (report = message.report)
      case 'reopen-logs':
        return listeners?.reopenLogs()
      case 'leaving':
        return void (isLeaving = true)
      case 'stop-listening':
        listeners?.stopListening()
        return send({ type: 'stopped-listening' })
      case 'drain':
        return end(DRAIN_MS)
    }
  }

  const end = (deadlineMs: number) => drained.resolve(exitWithin(deadlineMs))
  process.on('message', (message: unknown) => isToWorker(message) && take(message))
  process.once('disconnect', () => end(ORPHAN_DRAIN_MS))
  const link: WorkerLink = { bus, renderAll, reload: () => report, isLeaving: () => isLeaving }
  return { started: started.promise, drained: drained.promise, link, send, listen: (to: Listeners) => void (listeners = to), last }
}

function exitWithin(milliseconds: number) {
  setTimeout(() => process.exit(1), milliseconds).unref()
}

function send(message: FromWorker) {
  if (process.connected) process.send?.(message)
}

/** Sends a last message and closes the channel, which would keep the process alive. */
async function last(message: FromWorker): Promise<void> {
  const { promise: said, resolve } = Promise.withResolvers<void>()
  process.once('disconnect', resolve)
  if (!process.connected || !process.send) return
  process.send(message, undefined, undefined, () => resolve())
  await said
  process.removeAllListeners('disconnect')
  if (process.connected) process.disconnect?.()
}

type Send = (message: FromWorker) => void

function busOver(send: Send) {
  let listener: ((message: BusMessage) => void) | undefined
  const bus: WorkerChannel = {
    send: (message) => send({ type: 'bus', message }),
    listen: (to) => void (listener = to),
    isOpen: () => process.connected,
  }
  const take = (message: BusMessage) => {
    if (listener) listener(message)
    else if (message.type === 'batch') bus.send({ type: 'acknowledged', bytes: message.bytes })
  }
  return { bus, take }
}

function renderingOver(send: Send) {
  let asked: PromiseWithResolvers<string | undefined> | undefined
  const take = (text: string | undefined) => {
    asked?.resolve(text)
    asked = undefined
  }
  function renderAll() {
    if (asked) return asked.promise
    asked = Promise.withResolvers<string | undefined>()
    const { promise } = asked
    const late = setTimeout(take, RENDER_MS, undefined)
    send({ type: 'render' })
    return promise.finally(() => clearTimeout(late))
  }
  return { renderAll, take }
}
