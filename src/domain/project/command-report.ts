import type { Worth } from '../bounded.ts'
import { type Draft, copyOnWrite } from './draft.ts'
import type { StoredEventOf } from '../events/event.ts'
import { textOf } from '../events/loose-fields.ts'
import type { Command } from './reports.ts'

/** What an orchestrator says of a command that it runs; one without an id is a command of its own each time. */
export function foldCommandExecution(draft: Draft, event: StoredEventOf<'command_execution'>) {
  const commands = copyOnWrite(draft, 'commands')
  const commandId = event.command_id ?? `offset-${event.offset}`
  const known = commands.get(commandId)
  commands.set(commandId, {
    commandId,
    command: textOf(event.command) ?? commandId,
    status: event.status,
    by: event.user_id ?? known?.by,
    at: event.received_at,
    offset: event.offset,
    result: resultText(event.result) ?? known?.result,
  })
}

/** One that failed is looked at; one that runs has its end before it. */
export function commandWorth({ status }: Pick<Command, 'status'>): Worth {
  return /failed|cancelled/.test(status) ? 'waits' : status === 'completed' ? 'over' : 'on'
}

function resultText(result: unknown): string | undefined {
  return result === undefined || result === null || typeof result === 'string' ? textOf(result) : textOf(JSON.stringify(result))
}
