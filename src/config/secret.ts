/** A value that no log, page, error or dump may show. Only whoever truly needs it calls `reveal`. */
export type Secret = { reveal(): string; toString(): string; toJSON(): string }

const SHOWN = '(secret)'

/** Wraps a token so that printing, inspecting or serializing it shows `(secret)`. */
export function secret(text: string): Secret {
  return { reveal: () => text, toString: () => SHOWN, toJSON: () => SHOWN }
}
