import { answerQuestions } from '../child.ts'
import { clock, quantile } from '../measure.ts'
import { eventsTold, type FrameReader, pongFrame, readFrames, upgradeRequest } from './frames.ts'

/** Opens viewers (each path as often as told), forgets what they heard, or tells what they heard since. */
export type ViewersQuestion =
  | { ask: 'open'; group: string; port: number; paths: string[]; count: number }
  | { ask: 'forget'; group: string }
  | { ask: 'close'; group: string }
  /** `toldAt`: when each event was reported, in their order; it is over when every viewer heard of `total` events, or in vain. */
  | { ask: 'heard'; group: string; toldAt: number[]; waitMs: number }

export type Heard = {
  viewers: number
  frames: number
  bytes: number
  /** Viewers who did not hear of every event. */
  incomplete: number
  /** Different sequences of frames among all viewers: 1 when everybody got the same. */
  sequences: number
  /** From report to arrival, ms. */
  p50: number
  p99: number
  /** The same frames, as one viewer got them: `at` is the arrival. */
  sample: { at: number; text: string; events: number }[]
}

type Viewer = FrameReader & { told: number; frames: number; digest: number; welcomed: boolean }
type Group = { viewers: Viewer[]; sockets: { end(): void }[]; oldest: number[]; times: number[]; bytes: number; sample: Heard['sample'] }

const groups = new Map<string, Group>()

function groupOf(name: string): Group {
  const known = groups.get(name) ?? { viewers: [], sockets: [], oldest: [], times: [], bytes: 0, sample: [] }
  groups.set(name, known)
  return known
}

/** What every viewer hears; `witness` keeps the texts. */
function listener(group: Group, viewer: Viewer, witness: Viewer | undefined) {
  return (buffer: Buffer, from: number, to: number) => {
    viewer.welcomed = true
    const events = eventsTold(buffer, to)
    if (events === undefined) return
    const at = clock()
    viewer.told += events
    viewer.frames += 1
    viewer.digest = (Math.imul(viewer.digest, 31) + (to - from) + events * 7919) | 0
    // The oldest event of those that it tells of has waited longest; a frame about time alone tells of none.
    group.oldest.push(events === 0 ? Number.NaN : viewer.told - events)
    group.times.push(at)
    group.bytes += to - from
    if (viewer === witness) group.sample.push({ at, text: buffer.toString('utf8', from, to), events })
  }
}

async function openOne(group: Group, port: number, path: string): Promise<void> {
  const viewer: Viewer = { isOpen: false, rest: undefined, told: 0, frames: 0, digest: 0, welcomed: false }
  group.viewers.push(viewer)
  const text = listener(group, viewer, group.viewers[0])
  const { promise: welcomed, resolve, reject } = Promise.withResolvers<void>()
  const socket = await Bun.connect({
    hostname: '127.0.0.1',
    port,
    socket: {
      data(connection, chunk) {
        readFrames(viewer, chunk, { text, ping: (payload) => void connection.write(pongFrame(payload)) })
        if (viewer.welcomed) resolve()
      },
      close: () => reject(new Error(`the websocket ${path} was closed`)),
    },
  })
  group.sockets.push(socket)
  socket.write(upgradeRequest(port, path))
  await welcomed
}

/** As many at once as a crowd that comes back after a restart. */
const AT_ONCE = 100

async function open({ group, port, paths, count }: Extract<ViewersQuestion, { ask: 'open' }>): Promise<void> {
  const into = groupOf(group)
  for (let done = 0; done < count; done += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - done) }, (_, index) => paths[(done + index) % paths.length] ?? '/live/')
    await Promise.all(some.map((path) => openOne(into, port, path)))
  }
}

function forget(group: Group): void {
  for (const viewer of group.viewers) Object.assign(viewer, { told: 0, frames: 0, digest: 0 })
  Object.assign(group, { oldest: [], times: [], bytes: 0, sample: [] })
}

async function heard(group: Group, toldAt: number[], waitMs: number): Promise<Heard> {
  const endAt = clock() + waitMs
  const isComplete = (viewer: Viewer) => viewer.told >= toldAt.length
  while (clock() < endAt && !group.viewers.every(isComplete)) await Bun.sleep(10)
  const latencies = group.oldest
    .map((event, index) => (group.times[index] ?? 0) - (toldAt[event] ?? Number.NaN))
    .filter((ms) => !Number.isNaN(ms))
  return {
    viewers: group.viewers.length,
    frames: group.times.length,
    bytes: group.bytes,
    incomplete: group.viewers.filter((viewer) => viewer.told !== toldAt.length).length,
    sequences: new Set(group.viewers.map(({ digest, frames }) => `${digest}/${frames}`)).size,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    sample: group.sample,
  }
}

answerQuestions(async (question: ViewersQuestion): Promise<Heard | null> => {
  const group = groupOf(question.group)
  if (question.ask === 'open') await open(question)
  if (question.ask === 'forget') forget(group)
  if (question.ask === 'close') {
    for (const socket of group.sockets) socket.end()
    groups.delete(question.group)
  }
  return question.ask === 'heard' ? heard(group, question.toldAt, question.waitMs) : null
})
