import type { ServerWebSocket } from 'bun'

type HeardSocket = ServerWebSocket<{ heardAt: number; turn?: number }>

/** Two of them may be late before a page says that it hears nothing. */
const HEARTBEAT_SECONDS = 6
/** A page that heard nothing for this long is not live any more, and says so; after twice as long it dials anew. */
export const SILENCE_SECONDS = 15
/** Every fourth heartbeat comes with a ping: they outlive the 50 s of HAProxy and the 60 s of nginx. Two without an answer end the socket. */
const PING_HEARTBEATS = 4
const PONG_DEADLINE_HEARTBEATS = 10
/** The parts of a heartbeat's interval; each reaches its share of the sockets. */
const TURNS = 24
/** A browser cannot see pings: a small frame tells the page that the silence is calm and not a dead network. */
const HEARTBEAT_TOPIC = 'heartbeat:'

/** Tells every socket every few seconds that it is heard, spread over the interval, so that no tick has to reach all of them. */
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
