import { expect, test } from 'bun:test'
import { type RunningServer, startServer } from '../support/server.ts'

const PROJECTS = ['apollo', 'gemini', 'mercury']
const ROUNDS = 8

type Acknowledged = Map<string, { offset: number; ids: string[] }[]>

/** Reports batches until the server goes away; remembers what it acknowledged, and where. */
async function reportUntilGone(server: RunningServer, project: string, round: number, acknowledged: Acknowledged) {
  const batches = acknowledged.get(project) ?? []
  acknowledged.set(project, batches)
  for (let batch = 0; ; batch++) {
    const ids = Array.from({ length: 1 + (batch % 7) }, (_, index) => `${round}-${batch}-${index}`)
    const events = ids.map((id, index) => ({ id, type: 'x-load', index }))
    try {
      const response = await fetch(`${server.url}/api/v1/projects/${project}/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(events),
      })
      if (response.status === 202) batches.push({ ids, offset: (await response.json()).offset })
    } catch {
      return
    }
  }
}

async function allEvents(server: RunningServer, project: string): Promise<{ id: string; offset: number }[]> {
  const events: { id: string; offset: number }[] = []
  let after: string | null = '0'
  while (after !== null) {
    const page: { events: { id: string; offset: number }[]; next: string | null } = await (
      await fetch(`${server.url}/api/v1/projects/${project}/events?after=${after}&limit=1000`)
    ).json()
    events.push(...page.events)
    after = page.next
  }
  return events
}

test('every acknowledged event is there once, in order, however often the process is killed under load', async () => {
  const server = await startServer()
  const acknowledged: Acknowledged = new Map()
  for (let round = 0; round < ROUNDS; round++) {
    const reporting = PROJECTS.flatMap((project) => [reportUntilGone(server, project, round, acknowledged)])
    // The moment is random on purpose: it has to fall between receiving, storing and answering.
    await Bun.sleep(60 + Math.random() * 120)
    await server.kill()
    await Promise.all(reporting)
    await server.restart()
  }
  for (const project of PROJECTS) {
    const stored = await allEvents(server, project)
    const batches = acknowledged.get(project) ?? []
    expect(batches.length).toBeGreaterThan(ROUNDS)
    expect(stored.map(({ offset }) => offset)).toEqual(stored.map((_, index) => index + 1))
    expect(new Set(stored.map(({ id }) => id)).size).toBe(stored.length)
    const offsets = new Map(stored.map(({ id, offset }) => [id, offset]))
    for (const { ids, offset } of batches)
      expect(ids.map((id) => offsets.get(id))).toEqual(ids.map((_, index) => offset - ids.length + 1 + index))
  }
})
