const NO_CONNECTION = /Stream isn't writeable|Connection is closed|Failed to refresh slots cache|None of startup nodes is available/

/** What failed on the way to the server, in words for its operator. */
export function reasonOf({ message }: Error): string {
  return NO_CONNECTION.test(message) ? 'there is no connection to it' : message
}

/** A connection broke, or cannot be made: the server's side, and nothing that our own code did. */
export class BrokenConnectionError extends Error {
  override name = 'BrokenConnectionError'
}

/** Says which connection broke (its name in CLIENT LIST), and why. */
export function brokenConnection(name: string, error: unknown): BrokenConnectionError {
  const reason = error instanceof Error ? reasonOf(error) : String(error)
  return new BrokenConnectionError(`the connection ${name} to Redis is broken: ${reason}`, { cause: error })
}
