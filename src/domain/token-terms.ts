/** What a token is for: to send events, to read, to act on projects, or everything. */
export const SCOPES = ['ingest', 'read', 'command', 'admin'] as const
export type Scope = (typeof SCOPES)[number]

/** Days after which a token ends, unless it was asked for otherwise; and at most. */
export const TOKEN_DAYS = { usual: 90, most: 3_650 }

const NAME = /^[^\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]{1,100}$/
const PATTERN = /^(\*|tag:.{1,200}|[A-Za-z0-9*][A-Za-z0-9._*-]{0,62})$/

/** Whether a text can name a token or whoever signs in: 1 to 100 characters that can be seen. */
export const isShownName = (text: string): boolean => NAME.test(text)

/** Whether a text says for which projects something holds: a name that may hold `*`, or `tag:word`. */
export const isProjectPattern = (text: string): boolean => PATTERN.test(text)

/** Whether a token can be asked to end after so many days. */
export const isTokenDays = (days: number): boolean => Number.isInteger(days) && days >= 1 && days <= TOKEN_DAYS.most
