import { join } from 'node:path'
import type { NewEvent } from '../../src/domain/events/event.ts'
import { PROJECTS_LOG } from '../../src/domain/events/names.ts'
import { openSqliteLog } from '../../src/event-log/sqlite/sqlite.ts'
import { temporaryFolder } from './ending.ts'
import { type RunningServer, startServer } from './server.ts'

export const SECOND_MS = 1_000
/** An hour ago. */
export const BEGAN = Date.now() - 3_600_000

/** What was reported, so many seconds after the beginning. */
const PAST: [number, Record<string, unknown>][] = [
  [0, { type: 'workflow_transition', old_state: 'IDLE', new_state: 'BACKLOG_READY' }],
  [10, { type: 'workflow_transition', old_state: 'BACKLOG_READY', new_state: 'SPRINT_PLANNED' }],
  [20, { type: 'workflow_transition', old_state: 'SPRINT_PLANNED', new_state: 'SPRINT_ACTIVE' }],
  [30, { type: 'tdd_transition', story_id: 's-1', new_state: 'design', title: 'Refunds' }],
  [40, { type: 'tdd_transition', story_id: 's-1', old_state: 'design', new_state: 'test_red' }],
  [50, { type: 'agent_status', agent_id: 'code', agent_type: 'CodeAgent', status: 'working', story_id: 's-1' }],
  [60, { type: 'tdd_transition', story_id: 's-1', old_state: 'test_red', new_state: 'code_green' }],
  [100, { type: 'workflow_transition', old_state: 'SPRINT_ACTIVE', new_state: 'SPRINT_REVIEW' }],
  [3_590, { type: 'chat_message', message: 'Here we go', user_id: 'mara' }],
]

/** Writes the log of apollo, whose story was told an hour ago, and of gemini, of which little was heard. */
export async function writePast(file: string): Promise<void> {
  let now = BEGAN
  const log = await openSqliteLog({ file, clock: () => now })
  for (const [index, [seconds, event]] of PAST.entries()) {
    now = BEGAN + seconds * SECOND_MS
    await log.append('apollo', [{ ...event, id: `past-${index}` } as NewEvent])
  }
  for (const [index, seconds] of [0, 10, 12].entries()) {
    now = BEGAN + seconds * SECOND_MS
    await log.append('gemini', [{ type: 'chat_message', message: 'Here we go', user_id: 'mara', id: `past-${index}` }])
  }
  for (const project of ['apollo', 'gemini']) {
    await log.append(PROJECTS_LOG, [{ type: 'project_registered', project, settings: {}, id: `registered:${project}` }])
  }
  await log.close()
}

/** Where apollo's log ends. */
export const HEAD = PAST.length

/** A moment so many seconds after the beginning, for an address. */
export const at = (seconds: number) => encodeURIComponent(new Date(BEGAN + seconds * SECOND_MS).toISOString())

/** A service, for a whole test file, whose log is written already. */
export async function startServerAfterPast(): Promise<RunningServer> {
  const dataDir = temporaryFolder('file')
  await writePast(join(dataDir, 'events.sqlite'))
  return startServer({ lifetime: 'file', dataDir })
}
