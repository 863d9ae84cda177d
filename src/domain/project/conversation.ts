import type { Worth } from '../bounded.ts'
import { type Draft, copyOnWrite } from './draft.ts'
import type { StoredEvent, StoredEventOf } from '../events/event.ts'
import { textOf } from '../events/loose-fields.ts'
import type { Command } from './reports.ts'

type Execution = StoredEventOf<'command_execution'>

/** A command that an orchestrator runs; without an id each report is a command of its own. */
export function foldCommandExecution(draft: Draft, event: Execution) {
  const commands = copyOnWrite(draft, 'commands')
  const id = commandIdOf(event)
  commands.set(id, withExecution(commands.get(id), event))
}

/** Failed commands stay longest, then running ones. */
export function commandWorth({ status }: Pick<Command, 'status'>): Worth {
  return /failed|cancelled/.test(status) ? 'waits' : status === 'completed' ? 'over' : 'on'
}

const commandIdOf = ({ command_id, offset }: Execution) => command_id ?? `offset-${offset}`

/** A command after one more report of it. A report that it starts, after it ended, begins another run of the same id. */
function withExecution(before: Command | undefined, event: Execution): Command {
  const isAnotherRun = event.status === 'started' && before !== undefined && commandWorth(before) !== 'on'
  const known = isAnotherRun ? undefined : before
  const commandId = commandIdOf(event)
  return {
    commandId,
    command: textOf(event.command) ?? known?.command ?? commandId,
    status: event.status,
    by: event.user_id ?? known?.by,
    at: event.received_at,
    offset: event.offset,
    begunAt: known?.begunAt ?? event.received_at,
    begunOffset: known?.begunOffset ?? event.offset,
    result: resultText(event.result) ?? known?.result,
  }
}

function resultText(result: unknown): string | undefined {
  return result === undefined || result === null || typeof result === 'string' ? textOf(result) : textOf(JSON.stringify(result))
}

/** A message of a conversation, or a command with all that was reported of it; `offset` is that of its first event. */
export type Said = { offset: number; at: number } & ({ message: StoredEventOf<'chat_message'> } | { command: Command })

/** Whether an event is part of what people and their orchestrator say to each other. */
export const isSaid = (event: StoredEvent): boolean => event.type === 'chat_message' || event.type === 'command_execution'

/**
 * Events as a conversation, newest first: each message, and each command once, where it began. `known` holds the newest state of
 * commands, for those whose other reports are not among the events.
 */
export function conversationOf(events: readonly StoredEvent[], known: ReadonlyMap<string, Command>): Said[] {
  const runs = new Map<string, Command>()
  const said = new Map<number, Said>()
  for (const event of events.toSorted((one, other) => one.offset - other.offset)) {
    if (event.type === 'chat_message') said.set(event.offset, { offset: event.offset, at: event.received_at, message: event })
    if (event.type !== 'command_execution') continue
    const id = commandIdOf(event)
    const newest = known.get(id)
    const isOfNewest = newest !== undefined && event.offset >= newest.begunOffset && event.offset <= newest.offset
    const command = isOfNewest ? newest : withExecution(runs.get(id), event)
    runs.set(id, command)
    said.set(command.begunOffset, { offset: command.begunOffset, at: command.begunAt, command })
  }
  return [...said.values()].toSorted((one, other) => other.offset - one.offset)
}
