/** `hidden` is how many characters (UTF-16 units) are left out between the ends; 0 where the text fits. */
export type Shortened = { head: string; hidden: number; tail: string }

/**
 * Both ends of a long text: at most `limit` characters, none of them cut in half. The end is kept because that is
 * where a command hides what it does.
 */
export function shorten(text: string, limit: number): Shortened {
  const whole = { head: text, hidden: 0, tail: '' }
  if (text.length <= limit) return whole
  // A character has at most two units, so the ends are found without walking megabytes.
  if (text.length <= 2 * limit && Array.from(text).length <= limit) return whole
  const tailLength = Math.floor(limit / 3)
  const head = Array.from(text.slice(0, 2 * limit))
    .slice(0, limit - tailLength)
    .join('')
  const tail = Array.from(text.slice(-2 * limit))
    .slice(-tailLength)
    .join('')
  return { head, hidden: text.length - head.length - tail.length, tail }
}
