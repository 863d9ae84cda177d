import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** A random secret of 256 bits, as URL-safe text. */
export const newSecret = (): string => randomBytes(32).toString('base64url')

/** What is stored of a secret: its SHA-256, as URL-safe text. */
export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('base64url')

/** Whether two texts are the same, in a time that tells nothing of where they differ. */
export function isSame(one: string, other: string): boolean {
  const [a, b] = [hashOf(one), hashOf(other)].map((text) => Buffer.from(text))
  return a !== undefined && b !== undefined && timingSafeEqual(a, b)
}

export type Signer = {
  /** The text with its signature for a purpose: `text.signature`. */
  sign(purpose: string, text: string): string
  /** The text of a signed one; undefined where no key of ours signed it for this purpose. */
  verify(purpose: string, signed: string): string | undefined
}

const SIGNED = /^([\w-]{1,4000})\.([\w-]{43})$/

/** Signs URL-safe texts (HMAC-SHA-256). The first key signs; what any of them signed is valid. */
export function openSigner(keys: readonly { reveal(): string }[]): Signer {
  const [newest] = keys
  if (!newest) throw new TypeError('a signer needs a key')
  const signature = (key: { reveal(): string }, purpose: string, text: string) =>
    createHmac('sha256', key.reveal()).update(`${purpose}\0${text}`).digest('base64url')
  return {
    sign: (purpose, text) => `${text}.${signature(newest, purpose, text)}`,
    verify(purpose, signed) {
      const [, text, given] = SIGNED.exec(signed) ?? []
      if (text === undefined || given === undefined) return undefined
      return keys.some((key) => isSame(given, signature(key, purpose, text))) ? text : undefined
    },
  }
}
