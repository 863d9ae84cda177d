const NO_CONNECTION = /Stream isn't writeable|Connection is closed|Failed to refresh slots cache|None of startup nodes is available/

/** An error's reason, for the operator. */
export function redisReason({ message }: Error): string {
  return NO_CONNECTION.test(message) ? 'there is no connection to it' : message
}

export class BrokenConnectionError extends Error {
  override name = 'BrokenConnectionError'
}

/** The error for a broken connection, by its name in CLIENT LIST. */
export function brokenConnection(name: string, error: unknown): BrokenConnectionError {
  const reason = error instanceof Error ? redisReason(error) : String(error)
  return new BrokenConnectionError(`the connection ${name} to Redis is broken: ${reason}`, { cause: error })
}
