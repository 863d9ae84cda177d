const MARK_BYTES = 64

/** Text that can be stored and shown anywhere: NUL and half characters are replaced. */
export function wellFormed(text: string): string {
  return isClean(text) ? text : text.toWellFormed().replaceAll('\0', '\uFFFD')
}

/** Well-formed text of at most `limitBytes` (in UTF-8, 128 or more); one that was longer says how much is missing. */
export function boundText(text: string, limitBytes: number): string {
  const clean = wellFormed(text)
  if (clean.length * 3 <= limitBytes || Buffer.byteLength(clean) <= limitBytes) return clean
  const kept = clippedTo(clean, limitBytes - MARK_BYTES)
  return `${kept}… [cut: ${grouped(clean.length - kept.length)} more characters]`
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

/** 20 480: digits in groups of three. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ' ')
}
