import { generateHistory } from '../../support/histories.ts'
import { answerQuestions } from '../child.ts'
import { clock } from '../measure.ts'

/** Reports batches without a pause over some connections for a while. */
export type ReportersQuestion = { urls: string[]; connections: number; seconds: number; batch: number }

/** What was answered 202, and what one answer took, ms. */
export type Reported = { events: number; seconds: number; answers: Float64Array; refused: string[]; bodyBytes: number }

const BODIES = 200

/** Without ids: each sending is new. Stories and agents are those of one project, whoever gets them. */
function prepareBodies(batch: number): string[] {
  const events = generateHistory({ seed: 7, count: BODIES * batch }).map(({ id: _, ...event }) => event)
  return Array.from({ length: BODIES }, (_, index) => JSON.stringify(events.slice(index * batch, (index + 1) * batch)))
}

let prepared: { batch: number; bodies: string[] } | undefined

answerQuestions(async ({ urls, connections, seconds, batch }: ReportersQuestion): Promise<Reported> => {
  const { bodies } = (prepared = prepared?.batch === batch ? prepared : { batch, bodies: prepareBodies(batch) })
  const beganAt = clock()
  const endAt = beganAt + seconds * 1_000
  const answers: number[] = []
  const refused: string[] = []
  let next = 0

  async function report(): Promise<void> {
    while (clock() < endAt && refused.length === 0) {
      const index = next++
      const askedAt = clock()
      const answer = await fetch(urls[index % urls.length] ?? '', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: bodies[index % BODIES] ?? '',
      })
      const text = await answer.text()
      if (answer.status === 202) answers.push(clock() - askedAt)
      else refused.push(`${answer.status}: ${text.slice(0, 200)}`)
    }
  }

  await Promise.all(Array.from({ length: connections }, report))
  return {
    events: answers.length * batch,
    seconds: (clock() - beganAt) / 1_000,
    answers: Float64Array.from(answers),
    refused,
    bodyBytes: bodies.reduce((sum, body) => sum + body.length, 0) / bodies.length,
  }
})
