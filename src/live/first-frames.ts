import { forEachConcurrently } from '../projection/for-each-concurrently.ts'

type Deps<Socket> = {
  open(socket: Socket): Promise<string | undefined>
  isThere(socket: Socket): boolean
  /** Called in the turn in which the frame was made, so that later broadcasts follow it. */
  show(socket: Socket, frame: string): void
  wait(socket: Socket): void
  fail(socket: Socket, error: unknown): void
}

const AGAIN_MS = 1_000
const AT_ONCE = 64

/** Gives every socket its first frame, and retries those that got none. A waiting socket receives no other frame. */
export function openFirstFrames<Socket>({ open, isThere, show, wait, fail }: Deps<Socket>) {
  const waiting = new Set<Socket>()
  const opening = new Set<Socket>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let trying: Promise<void> | undefined

  async function welcome(socket: Socket): Promise<void> {
    if (opening.has(socket) || !isThere(socket)) return
    opening.add(socket)
    try {
      const frame = await open(socket)
      if (!isThere(socket)) return
      if (frame === undefined) return keepWaiting(socket)
      waiting.delete(socket)
      show(socket, frame)
    } catch (error) {
      fail(socket, error)
    } finally {
      opening.delete(socket)
    }
  }

  function keepWaiting(socket: Socket) {
    timer ??= setTimeout(again, AGAIN_MS)
    if (waiting.has(socket)) return
    waiting.add(socket)
    wait(socket)
  }

  function again() {
    clearTimeout(timer)
    timer = undefined
    trying ??= forEachConcurrently([...waiting], AT_ONCE, welcome).finally(() => (trying = undefined))
  }

  return {
    welcome: (socket: Socket) => void welcome(socket),
    again,
    left: (socket: Socket) => void waiting.delete(socket),
    close: () => clearTimeout(timer),
  }
}
