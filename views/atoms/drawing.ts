import { raw } from 'hono/html'
import type { Child } from 'hono/jsx'

/**
 * Renders a drawing of our own once and gives it back ready: rows are rendered many times a second, and their shapes
 * never change. Only for what holds no foreign text, and for a bounded number of keys.
 */
export function openDrawings<Key extends string>(draw: (key: Key) => Child) {
  const drawn = new Map<Key, ReturnType<typeof raw>>()
  return (key: Key) => {
    const known = drawn.get(key)
    if (known !== undefined) return known
    const ready = raw(String(draw(key)))
    drawn.set(key, ready)
    return ready
  }
}
