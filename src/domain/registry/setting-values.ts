import { z } from 'zod'
import type { WorkHours } from './project-registry.ts'

const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const
const TimeOfDay = z.string().regex(/^([01]?\d|2[0-3]):[0-5]\d$|^24:00$/, 'must be a time of day like 09:00')

/** When people are there, as the configuration file and the API say it. */
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
    // The runtime knows no such zone.
    return false
  }
}

/** Work hours with what was left out filled in, and times of two digits each. */
export function workHoursOf({ timezone = 'UTC', start, end, days = DAYS.slice(0, 5) }: z.infer<typeof WorkHoursSettings>): WorkHours {
  return { timezone, start: start.padStart(5, '0'), end: end.padStart(5, '0'), days }
}

/** Says whether a text is the address of a repository that git takes: http, https, ssh or git, or the form user@host:path. */
export function isRepositoryAddress(text: string): boolean {
  return /^(?:https?|ssh|git):\/\/[^\s/]+\/?\S*$/i.test(text) || /^[\w.-]+@[\w.-]+:\S+$/.test(text)
}

/** Addresses of repositories are shown on pages; what people keep in them to fetch without asking is not. */
export const withoutCredentials = (url: string): string => url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@\s]*@/i, '$1')
