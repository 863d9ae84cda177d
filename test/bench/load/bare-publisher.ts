import { answerQuestions } from '../child.ts'
import { clock } from '../measure.ts'

/** Sends frames to every socket, each `at` ms after the question came. */
export type PublishQuestion = { port: number } | { frames: { at: number; text: string }[] }

/** What `server.publish` costs at the least: a server that does nothing else. Answers when it sent what. */
let server: Bun.Server<undefined> | undefined

function listen(port: number): void {
  server = Bun.serve({
    hostname: '127.0.0.1',
    port,
    fetch: (request, it) => (it.upgrade(request) ? undefined : new Response('websockets only', { status: 400 })),
    websocket: {
      perMessageDeflate: false,
      idleTimeout: 0,
      sendPings: false,
      open(socket) {
        socket.subscribe('frames')
        socket.send('{"now":0}')
      },
      message() {},
    },
  })
}

answerQuestions(async (question: PublishQuestion): Promise<number[]> => {
  if ('port' in question) {
    listen(question.port)
    return []
  }
  const beganAt = performance.now()
  const sentAt: number[] = []
  for (const { at, text } of question.frames) {
    await Bun.sleep(Math.max(0, beganAt + at - performance.now()))
    sentAt.push(clock())
    server?.publish('frames', text, false)
  }
  return sentAt
})
