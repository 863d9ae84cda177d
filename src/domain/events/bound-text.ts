const MARK_BYTES = 64

/** Text that can be stored and shown anywhere: NUL and half characters are replaced. */
export function wellFormed(text: string): string {
  return isClean(text) ? text : text.toWellFormed().replaceAll('\0', '\uFFFD')
}

/**
 * Well-formed text of at most `limitBytes` (in UTF-8, 128 or more). One that was longer keeps both its ends, for a command
 * hides at its end what it does; between them it says how much is missing.
 */
export function boundText(text: string, limitBytes: number): string {
  const clean = wellFormed(text)
  if (clean.length * 3 <= limitBytes || Buffer.byteLength(clean) <= limitBytes) return clean
  const tailBytes = Math.floor((limitBytes - MARK_BYTES) / 3)
  const head = clippedTo(clean, limitBytes - MARK_BYTES - tailBytes)
  const tail = lastOf(clean, tailBytes)
  return `${head}… [cut: ${grouped(clean.length - head.length - tail.length)} more characters] …${tail}`
}

/** Whether text has neither NUL nor half characters. */
export function isClean(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0')
}

/** As much of the text's beginning as fits, never half a character. */
function clippedTo(text: string, limitBytes: number): string {
  const bytes = new TextEncoder().encodeInto(text, new Uint8Array(limitBytes))
  return text.slice(0, bytes.read)
}

/** As much of the text's end. */
function lastOf(text: string, limitBytes: number): string {
  // A character has a byte at least: more of them than bytes cannot fit.
  const bytes = Buffer.from(text.slice(-limitBytes))
  let start = Math.max(0, bytes.length - limitBytes)
  while (((bytes[start] ?? 0) & 0xc0) === 0x80) start++
  return bytes.toString('utf8', start)
}

/** 20 480: digits in groups of three. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ' ')
}
