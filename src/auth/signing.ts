import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'

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
  /** The text so that only the keys read it (AES-256-GCM). */
  seal(purpose: string, text: string): string
  /** The text of a sealed one; undefined where no key of ours sealed it for this purpose. */
  unseal(purpose: string, sealed: string): string | undefined
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
    seal: (purpose, text) => sealed(keyFor(newest, purpose), text),
    unseal(purpose, text) {
      for (const key of keys) {
        const opened = unsealed(keyFor(key, purpose), text)
        if (opened !== undefined) return opened
      }
      return undefined
    },
  }
}

const CIPHER = 'aes-256-gcm'
const [IV_BYTES, TAG_BYTES, KEY_BYTES] = [12, 16, 32]

const keyFor = (key: { reveal(): string }, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', key.reveal(), '', `seal\0${purpose}`, KEY_BYTES))

function sealed(key: Buffer, text: string): string {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv(CIPHER, key, iv)
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url')
}

function unsealed(key: Buffer, text: string): string | undefined {
  const bytes = Buffer.from(text, 'base64url')
  if (bytes.length < IV_BYTES + TAG_BYTES) return undefined
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
  decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8')
  } catch {
    // Another key sealed it, or somebody changed it.
    return undefined
  }
}
