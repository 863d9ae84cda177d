import type { Frame } from './orchestrator-frame.ts'
import { type KnownState, translateFrame, UNKNOWN } from './orchestrator-frames.ts'
import type { LinkScope } from './orchestrator-scope.ts'

/** What orchestrators remember of their transitions. */
const FULL_HISTORY = 50

type Deps = { scope: LinkScope; stateOf(project: string): Promise<KnownState> }

/**
 * The projects that miss transitions before a history. It is full and nothing of it is known, although the orchestrator was
 * heard before: so more happened meanwhile than it remembers.
 */
export async function missingBefore(frame: Frame, { scope, stateOf }: Deps): Promise<string[]> {
  const { history } = frame
  if (!Array.isArray(history) || history.length < FULL_HISTORY) return []
  const { events } = translateFrame(frame, scope, () => UNKNOWN)
  const missing: string[] = []
  for (const [project, told] of Map.groupBy(events, (claimed) => claimed.project)) {
    const { words, transitions } = await stateOf(project)
    const known = new Set(transitions.map(({ timestamp, to }) => `${timestamp} ${to}`))
    if (told.some(({ event }) => 'new_state' in event && known.has(`${event.timestamp} ${String(event.new_state)}`))) return []
    if ([...words.values()].some(({ source }) => source === scope.name)) missing.push(project)
  }
  return missing
}
