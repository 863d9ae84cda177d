import type { ServerWebSocket } from 'bun'

type HeardSocket = ServerWebSocket<{ heardAt: number; turn?: number }>

/** Two may be late before a page notices silence. */
const HEARTBEAT_SECONDS = 6
/** After this silence a page shows that it is not live; after twice as long it reconnects. */
export const SILENCE_SECONDS = 15
/** Pings outlive the timeouts of HAProxy (50 s) and nginx (60 s); two missing answers close the socket. */
const PING_HEARTBEATS = 4
const PONG_DEADLINE_HEARTBEATS = 10
const TURNS = 24
/** Browsers cannot see pings, so a small frame shows that the connection works. */
const HEARTBEAT_TOPIC = 'heartbeat:'

/** Sends heartbeats to all sockets, spread over the interval. */
export function openHeartbeats({
  seconds = HEARTBEAT_SECONDS,
  publish,
}: {
  seconds?: number | undefined
  publish(topic: string, frame: string): void
}) {
  const turns = Array.from({ length: TURNS }, () => new Set<HeardSocket>())
  let next = 0
  let turn = 0
  let rounds = 0

  function beat() {
    turn = (turn + 1) % TURNS
    if (turn === 0) rounds += 1
    const now = Date.now()
    publish(`${HEARTBEAT_TOPIC}${turn}`, JSON.stringify({ now }))
    if (rounds % PING_HEARTBEATS !== 0) return
    for (const socket of turns[turn] ?? []) {
      if (now - socket.data.heardAt > PONG_DEADLINE_HEARTBEATS * seconds * 1_000) socket.terminate()
      else socket.ping()
    }
  }

  const timer = setInterval(beat, (seconds * 1_000) / TURNS)
  return {
    join(socket: HeardSocket) {
      socket.data.turn = next++ % TURNS
      turns[socket.data.turn]?.add(socket)
      socket.subscribe(`${HEARTBEAT_TOPIC}${socket.data.turn}`)
    },
    leave: (socket: HeardSocket) => void turns[socket.data.turn ?? 0]?.delete(socket),
    close: () => clearInterval(timer),
  }
}
