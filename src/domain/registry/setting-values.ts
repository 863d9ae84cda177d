import { z } from 'zod'
import type { WorkHours } from './project-registry.ts'

const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const
const TimeOfDay = z.string().regex(/^([01]?\d|2[0-3]):[0-5]\d$|^24:00$/, 'must be a time of day like 09:00')

export const WorkHoursSettings = z.strictObject({
  timezone: z.string().refine(isTimeZone, 'must be a time zone like UTC or Europe/Berlin').optional().describe('Default UTC.'),
  start: TimeOfDay.describe('Like 09:00.'),
  end: TimeOfDay.describe('Like 17:00.'),
  days: z.array(z.enum(DAYS)).max(7).optional().describe('monday to sunday. Default monday to friday.'),
})

function isTimeZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/** Work hours with defaults filled in and two-digit times. */
export function workHoursOf({ timezone = 'UTC', start, end, days = DAYS.slice(0, 5) }: z.infer<typeof WorkHoursSettings>): WorkHours {
  return { timezone, start: start.padStart(5, '0'), end: end.padStart(5, '0'), days }
}

/** Whether a text is a repository address that git accepts. */
export function isRepositoryAddress(text: string): boolean {
  return /^(?:https?|ssh|git):\/\/[^\s/]+\/?\S*$/i.test(text) || /^[\w.-]+@[\w.-]+:\S+$/.test(text)
}

/** The address without a user and password, because pages show it. */
export const withoutCredentials = (url: string): string => url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@\s]*@/i, '$1')
