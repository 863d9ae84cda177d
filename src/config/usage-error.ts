/** The command line cannot be understood; the message says what was meant, in one line. */
export class UsageError extends Error {
  override name = 'UsageError'
}

/** A word of the command line as messages quote it. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}
