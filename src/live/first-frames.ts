import { forEachConcurrently } from '../projection/for-each-concurrently.ts'

type Deps<Socket> = {
  /** The frame that shows a page; none while the log gives no answer. */
  open(socket: Socket): Promise<string | undefined>
  isThere(socket: Socket): boolean
  /** Called in the turn in which the frame was made: what is broadcast from then on follows it. */
  show(socket: Socket, frame: string): void
  /** Called once for a socket whose page cannot be shown yet. */
  wait(socket: Socket): void
  fail(socket: Socket, error: unknown): void
}

/** Between two tries for those who wait. */
const AGAIN_MS = 1_000
/** Pages that are opened at the same time for those who wait: each may ask the log, and the log may just have come back. */
const AT_ONCE = 64

/**
 * Gives every socket its first frame, and tries again for those that got none until it is there. A socket that waits hears nothing
 * else of its page: what changes is told to those who know the rest.
 */
export function openFirstFrames<Socket>({ open, isThere, show, wait, fail }: Deps<Socket>) {
  const waiting = new Set<Socket>()
  const opening = new Set<Socket>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let trying: Promise<void> | undefined

  async function welcome(socket: Socket): Promise<void> {
    // Who left while others were tried watches no page: nobody would say that it can be forgotten.
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
    /** Tries now for all who wait: what was away may be back. */
    again,
    left: (socket: Socket) => void waiting.delete(socket),
    close: () => clearTimeout(timer),
  }
}
