import type { FC } from 'hono/jsx'
import { markedLine, plainLine } from '../../src/domain/events/plain-text.ts'
import { MARK, type Reading } from '../../src/domain/events/unseen.ts'
import { joined, shorten, type Shortened } from './shorten.ts'

/** Agents may send megabytes, of which the rest is cut anyway. */
const REACH = 16

/** Foreign text in one line with everything visible and both ends kept, for attributes and titles. */
export function visibleText(text: string, limit = 200, reading: Reading = 'prose'): string {
  return joined(shortLine(text, limit, (part) => plainLine(part, reading)))
}

function shortLine(text: string, limit: number, lineOf: (part: string) => string): Shortened {
  const reach = REACH * limit
  if (text.length <= 2 * reach) return shorten(lineOf(text), limit)
  const start = shorten(lineOf(text.slice(0, reach)), limit)
  const end = shorten(lineOf(text.slice(-reach)), limit)
  return { head: start.head, hidden: text.length - start.head.length - end.tail.length, tail: end.tail || end.head }
}

/** A marked text (src/domain/events/unseen.ts): each mark as a sign that tells what it stands for. */
export const Marked: FC<{ text: string }> = ({ text }) => {
  const parts = text.split(MARK)
  if (parts.length === 1) return <>{text}</>
  return (
    <>
      {parts.map((part, index) =>
        index % 3 === 0 ? part : index % 3 === 1 ? <UnseenMark sign={part} name={parts[index + 1] ?? ''} /> : null,
      )}
    </>
  )
}

/** The sign is text, so that what is copied shows that something was there; who listens hears what. */
const UnseenMark: FC<{ sign: string; name: string }> = ({ sign, name }) => {
  const told = `Cannot be seen: ${name}`
  return (
    <span class="unseen" role="img" aria-label={told} title={told} data-name={name}>
      {sign}
    </span>
  )
}

type ForeignTextProps = { text: string; limit?: number; reading?: Reading }

/** Text of an agent or tool: marked, shortened, and isolated, so that its direction reorders nothing. Backticks show code. */
export const ForeignText: FC<ForeignTextProps> = ({ text, limit = 200, reading = 'prose' }) => (
  <bdi>{Coded({ text: joinedCode(shortLine(text, limit, (part) => markedLine(part, reading))) })}</bdi>
)

const Coded: FC<{ text: string }> = ({ text }) => {
  const parts = text.split(/`([^`]+)`/)
  // Most texts have no code, and every row of every flush has a text.
  if (parts.length === 1) return Marked({ text })
  return (
    <>
      {parts.map((part, index) =>
        index % 2 === 1 ? (
          <code dir="ltr">
            <Marked text={part} />
          </code>
        ) : (
          <Marked text={part} />
        ),
      )}
    </>
  )
}

/** Both ends joined; code whose other backtick was cut away ends at the cut. */
function joinedCode(short: Shortened): string {
  if (short.hidden === 0) return short.head
  const isOpen = (part: string) => part.split('`').length % 2 === 0
  const [head, tail] = [short.head.trimEnd(), short.tail.trimStart()]
  return joined({
    ...short,
    head: isOpen(head) ? (head.endsWith('`') ? head.slice(0, -1) : `${head}\``) : head,
    tail: isOpen(tail) ? (tail.startsWith('`') ? tail.slice(1) : `\`${tail}`) : tail,
  })
}

/** All of a foreign text in its own lines, for decisions. */
export const DecisionText: FC<{ text: string }> = ({ text }) => (
  <bdi>
    <Coded text={text} />
  </bdi>
)

/** A command, path or pattern in one line, both ends kept, always from left to right. */
export const ForeignCode: FC<{ text: string; limit?: number }> = ({ text, limit = 100 }) => (
  <code dir="ltr">
    <Marked text={joined(shortLine(text, limit, (part) => markedLine(part, 'command')))} />
  </code>
)

export const Identifier: FC<{ id: string }> = ({ id }) => (
  <code class="id" dir="auto">
    {visibleText(id, 48)}
  </code>
)
