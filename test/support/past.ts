import { join } from 'node:path'
import type { NewEvent } from '../../src/domain/events/event.ts'
import { openSqliteLog } from '../../src/event-log/sqlite/sqlite.ts'
import { temporaryFolder } from './ending.ts'
import { report } from './report.ts'
import { type RunningServer, startServer } from './server.ts'

const MINUTE_MS = 60_000

/** What was reported so many minutes ago: work, a long pause, and work that goes on. */
const PAST: [number, Record<string, unknown>][] = [
  [110, { type: 'workflow_transition', old_state: 'SPRINT_PLANNED', new_state: 'SPRINT_ACTIVE' }],
  [108, { type: 'tdd_transition', story_id: 's-1', new_state: 'design', title: 'Refunds' }],
  [104, { type: 'tdd_transition', story_id: 's-1', old_state: 'design', new_state: 'test_red' }],
  [30, { type: 'agent_status', agent_id: 'lead', agent_type: 'Orchestrator', status: 'working' }],
  [28, { type: 'agent_status', agent_id: 'code', agent_type: 'CodeAgent', parent_agent_id: 'lead', status: 'working', story_id: 's-1' }],
  [26, { type: 'tdd_transition', story_id: 's-1', old_state: 'test_red', new_state: 'code_green' }],
  [20, { type: 'tdd_transition', story_id: 's-2', new_state: 'test_red' }],
  [12, { type: 'ci_status', status: 'failed', detail: 'npm test' }],
  [9, { type: 'approval_requested', approval_id: 'q', title: 'Run it?', agent_id: 'code', story_id: 's-1' }],
  [5, { type: 'approval_resolved', approval_id: 'q', decision: 'allow', by: 'mara' }],
]

async function writePast(file: string, names: readonly string[]) {
  const began = Date.now()
  let now = began
  const log = await openSqliteLog({ file, clock: () => now })
  for (const name of names) {
    for (const [index, [minutes, event]] of PAST.entries()) {
      now = began - minutes * MINUTE_MS
      await log.append(name, [{ ...event, id: `past-${index}` } as NewEvent])
    }
  }
  await log.close()
}

/** A service, for a whole test file, whose projects have worked for two hours. */
export async function startServerWithPast(names: readonly string[]): Promise<RunningServer> {
  const dataDir = temporaryFolder('file')
  await writePast(join(dataDir, 'events.sqlite'), names)
  const server = await startServer({ lifetime: 'file', dataDir })
  // A project appears with the first event that is reported.
  for (const name of names) await report(server, name, { type: 'chat_message', message: 'Here we go', user_id: 'mara' })
  return server
}
