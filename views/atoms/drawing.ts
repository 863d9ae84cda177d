import { raw } from 'hono/html'
import type { Child } from 'hono/jsx'

/** Renders a drawing once per key: rows are rendered many times a second. Only for bounded keys and no foreign text. */
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
