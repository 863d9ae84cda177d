import type { StoredEventOf } from '../events/event.ts'
import type { Usage } from './reports.ts'

/** Nothing used yet. */
export const NO_USAGE: Usage = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, costUsd: 0 }

/** What was used, with what a report adds. */
export function addUsage(usage: Usage, event: StoredEventOf<'usage'>): Usage {
  return {
    inputTokens: usage.inputTokens + (event.input_tokens ?? 0),
    outputTokens: usage.outputTokens + (event.output_tokens ?? 0),
    cacheReadTokens: usage.cacheReadTokens + (event.cache_read_tokens ?? 0),
    costUsd: usage.costUsd + (event.cost_usd ?? 0),
  }
}
