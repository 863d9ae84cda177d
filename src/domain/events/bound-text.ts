const MARK_BYTES = 64

/** The text with NUL and lone surrogates replaced. */
export function wellFormed(text: string): string {
  return isClean(text) ? text : text.toWellFormed().replaceAll('\0', '\uFFFD')
}

/** Well-formed text of at most `limitBytes` (UTF-8, 128 or more); a longer one keeps both ends and says how much is missing. */
export function boundText(text: string, limitBytes: number): string {
  const clean = wellFormed(text)
  if (clean.length * 3 <= limitBytes || Buffer.byteLength(clean) <= limitBytes) return clean
  const tailBytes = Math.floor((limitBytes - MARK_BYTES) / 3)
  const head = clippedTo(clean, limitBytes - MARK_BYTES - tailBytes)
  const tail = lastOf(clean, tailBytes)
  return `${head}… [cut: ${grouped(clean.length - head.length - tail.length)} more characters] …${tail}`
}

/** Whether text has neither NUL nor lone surrogates. */
export function isClean(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0')
}

function clippedTo(text: string, limitBytes: number): string {
  const bytes = new TextEncoder().encodeInto(text, new Uint8Array(limitBytes))
  return text.slice(0, bytes.read)
}

function lastOf(text: string, limitBytes: number): string {
  const bytes = Buffer.from(text.slice(-limitBytes))
  let start = Math.max(0, bytes.length - limitBytes)
  while (((bytes[start] ?? 0) & 0xc0) === 0x80) start++
  return bytes.toString('utf8', start)
}

/** `20 480`: digits in groups of three. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ' ')
}
