import { answerQuestions } from '../child.ts'

/** The least that a server of JSON reports can do: it reads the body, parses it and answers. It stores nothing. */
answerQuestions(({ port }: { port: number }): true => {
  Bun.serve({
    hostname: '127.0.0.1',
    port,
    async fetch(request) {
      const events: unknown = await request.json()
      return Response.json({ accepted: Array.isArray(events) ? events.length : 1 }, { status: 202 })
    },
  })
  return true
})
