import type { FC } from 'hono/jsx'
import { plainLine } from '../../src/domain/plain-text.ts'
import { shorten } from '../shorten.ts'

/** Foreign text as one line without anything that a screen would obey, both ends kept: for attributes and titles. */
export function visibleText(text: string, limit = 200): string {
  // What is cut away anyway is not cleaned: an agent may send megabytes.
  const { head, hidden, tail } = shorten(text, 4 * limit)
  const line = plainLine(hidden > 0 ? `${head} … ${tail}` : head)
  const shown = shorten(line, limit)
  return shown.hidden > 0 ? `${shown.head} … ${shown.tail}` : shown.head
}

/**
 * Text that an agent or a tool chose: cleaned, shortened, isolated so that its direction reorders nothing around it.
 * What stands between backticks is shown as code.
 */
export const ForeignText: FC<{ text: string; limit?: number }> = ({ text, limit = 200 }) => (
  <bdi>
    {visibleText(text, limit)
      .split(/`([^`]+)`/)
      .map((part, index) => (index % 2 === 1 ? <code>{part}</code> : part))}
  </bdi>
)

/** An identifier that somebody else chose. */
export const Identifier: FC<{ id: string }> = ({ id }) => (
  <code class="id" dir="auto">
    {visibleText(id, 48)}
  </code>
)
