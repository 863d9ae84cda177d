/** Hidden in logs, pages, errors and dumps. */
export type Secret = { reveal(): string; toString(): string; toJSON(): string }

const SHOWN = '(secret)'

/** Wraps a text so that printing or serializing shows `(secret)`. */
export function secret(text: string): Secret {
  return { reveal: () => text, toString: () => SHOWN, toJSON: () => SHOWN }
}
