import { randomBytes } from 'node:crypto'
import type { Signer } from './signing.ts'

const purposeOf = (session: string) => `csrf:${session}`

/** What a form of a session carries along; another one at each call, for texts that compressed pages repeat can be guessed. */
export const csrfToken = (signer: Signer, session: string): string => signer.sign(purposeOf(session), randomBytes(16).toString('base64url'))

/** Whether a token was made for this session. */
export const isCsrfToken = (signer: Signer, session: string, token: string): boolean =>
  signer.verify(purposeOf(session), token) !== undefined
