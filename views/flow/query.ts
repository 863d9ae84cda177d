import { DAYS_KEPT } from '../../src/domain/project/flow.ts'

/** How many days the figures cover; the last is today. */
export const FLOW_DAYS = [7, 30, DAYS_KEPT] as const
export type FlowDays = (typeof FLOW_DAYS)[number]
const DEFAULT_DAYS: FlowDays = 30

/** What `?days=` asks for; unknown values are ignored. */
export function parseFlowDays(search: URLSearchParams): FlowDays {
  return FLOW_DAYS.find((days) => String(days) === search.get('days')) ?? DEFAULT_DAYS
}

export const flowSearch = (days: FlowDays): string => (days === DEFAULT_DAYS ? '' : `?days=${days}`)
