import type { FC } from 'hono/jsx'
import { markedLine, markedText } from '../../src/domain/events/plain-text.ts'
import { type RiskyPart, riskyParts } from '../../src/domain/events/risky-parts.ts'
import { shorten } from './shorten.ts'
import { Marked, visibleText } from './foreign-text.tsx'
import { isLong, Whole } from './whole.tsx'
import { foremost } from '../../src/domain/bounded.ts'

/** A command in one line with both ends; the middle is counted, and risks are named. */
export const CommandLine: FC<{ command: string; limit?: number }> = ({ command, limit = 160 }) => {
  const text = markedLine(command, 'command')
  const { head, hidden, tail } = shorten(text, limit)
  const tailStart = text.length - tail.length
  const risks = riskyParts(text)
  return (
    <p class="command">
      <Prompt />{' '}
      <code dir="ltr">
        <Words text={text} to={hidden > 0 ? head.length : text.length} risks={risks} />
        {hidden > 0 ? <More count={hidden} risks={risks.filter(({ start, end }) => end > head.length && start < tailStart)} /> : null}
        {hidden > 0 ? <Words text={text} from={tailStart} to={text.length} risks={risks} /> : null}
      </code>
    </p>
  )
}

const LINES = 12
/** Characters of a line where the box is as narrow as a phone, as half a desk, as a desk. */
const COLUMNS = [38, 62, 118] as const
const END_SHOWN = 120

/** A whole command as it would run; the middle of a very long one is folded. */
export const WholeCommand: FC<{ command: string }> = ({ command }) => {
  const text = markedText(command, 'command').replace(/^\n+|\s+$/g, '')
  const risks = riskyParts(text)
  const end = isLong(text, LINES, COLUMNS) ? shorten(markedLine(text, 'command'), 2 * END_SHOWN) : undefined
  return (
    <div class="command command--whole">
      <Whole
        text={text}
        lines={LINES}
        columns={COLUMNS}
        end={
          end === undefined ? undefined : (
            <code dir="ltr">
              … <Words text={end.tail || end.head} risks={riskyParts(end.tail || end.head)} />
            </code>
          )
        }
      >
        {(length) => (
          <p class={`whole__text ${length}`}>
            <Prompt />{' '}
            <code dir="ltr">
              <Words text={text} risks={risks} />
            </code>
          </p>
        )}
      </Whole>
      {risks.length === 0 ? null : (
        <p class="command__risks">
          Risky: <Names risks={risks} />
        </p>
      )}
    </div>
  )
}

const Prompt: FC = () => (
  <span class="command__prompt" aria-hidden="true">
    $
  </span>
)

const More: FC<{ count: number; risks: readonly RiskyPart[] }> = ({ count, risks }) => (
  <span class="command__more">
    {count} more {count === 1 ? 'character' : 'characters'}
    {risks.length > 0 ? ', with ' : null}
    {risks.length > 0 ? <Names risks={risks} /> : null}
  </span>
)

const NAMED = 4
const NAME_LIMIT = 40

const Names: FC<{ risks: readonly RiskyPart[] }> = ({ risks }) => {
  const { kept, left } = foremost([...new Set(risks.map(({ name }) => name))], NAMED)
  return (
    <>
      {kept.map((name, index) => (
        <>
          {index > 0 ? ', ' : null}
          <code class="risk" dir="ltr">
            {visibleText(name, NAME_LIMIT, 'command')}
          </code>
        </>
      ))}
      {left.length > 0 ? ` and ${left.length} more` : null}
    </>
  )
}

type WordsProps = { text: string; from?: number; to?: number; risks: readonly RiskyPart[] }

/** A piece of a marked command, with the parts of its risks. */
const Words: FC<WordsProps> = ({ text, from = 0, to = text.length, risks }) => {
  const pieces: { text: string; isRisky: boolean }[] = []
  let at = from
  for (const risk of risks) {
    const [start, end] = [Math.max(risk.start, from), Math.min(risk.end, to)]
    if (start >= end) continue
    pieces.push({ text: text.slice(at, start), isRisky: false }, { text: text.slice(start, end), isRisky: true })
    at = end
  }
  pieces.push({ text: text.slice(at, to), isRisky: false })
  return (
    <>
      {pieces.map((piece) =>
        piece.isRisky ? (
          <strong class="risky">
            <InOrder text={piece.text} />
          </strong>
        ) : (
          <InOrder text={piece.text} />
        ),
      )}
    </>
  )
}

const RIGHT_TO_LEFT = /([\u0590-\u08ff\ufb1d-\ufdcf\ufdf0-\ufdff\ufe70-\ufefe\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]+)/u

/** Words of such scripts are isolated, because two neighbours would change places. */
const InOrder: FC<{ text: string }> = ({ text }) => (
  <>
    {text.split(RIGHT_TO_LEFT).map((part, index) =>
      index % 2 === 1 ? (
        <bdi>
          <Marked text={part} />
        </bdi>
      ) : (
        <Marked text={part} />
      ),
    )}
  </>
)
