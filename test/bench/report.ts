import type { NewEvent } from '../../src/domain/events/event.ts'

const JSON_HEADERS = { 'content-type': 'application/json' }

/** Reports events as programs do; throws unless they were accepted. */
export async function postEvents(url: string, project: string, events: NewEvent | readonly NewEvent[]): Promise<void> {
  const address = `${url}/api/v1/projects/${project}/events`
  const answer = await fetch(address, { method: 'POST', headers: JSON_HEADERS, body: JSON.stringify(events) })
  const text = await answer.text()
  if (answer.status !== 202) throw new Error(`${address} answered ${answer.status}: ${text.slice(0, 300)}`)
}

/** Where a project's page stands now. */
export async function positionOf(url: string, project: string): Promise<string> {
  const answer = await fetch(`${url}/api/v1/projects/${project}/state`)
  const { epoch, offset } = (await answer.json()) as { epoch: string; offset: number }
  return `${epoch}:${offset}`
}
