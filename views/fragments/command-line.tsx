import type { FC } from 'hono/jsx'
import { plainText } from '../../src/domain/plain-text.ts'
import { shorten } from '../shorten.ts'

/** What makes a command worth a second look. A hint for the eye, not a judgement. */
const RISKY =
  /(?<![\w-])(--(?:force|hard|truncate|delete|prune|purge|no-verify|no-preserve-root|allow-[\w-]+)(?:-[\w-]+)?|-rf|-fr|sudo|DROP|TRUNCATE|DELETE|rm)(?![\w-])/g

/** A command with both of its ends: what is left out stands in the middle, counted. */
export const CommandLine: FC<{ command: string; limit?: number }> = ({ command, limit = 160 }) => {
  const { head, hidden, tail } = shorten(command, limit)
  return (
    <p class="command">
      <span class="command__prompt" aria-hidden="true">
        $
      </span>{' '}
      <code dir="ltr">
        <Words text={head} />
        {hidden > 0 ? <span class="command__more">{hidden} more characters</span> : null}
        {hidden > 0 ? <Words text={tail} /> : null}
      </code>
    </p>
  )
}

const Words: FC<{ text: string }> = ({ text }) => (
  <bdi>
    {plainText(text)
      .split(RISKY)
      .map((part, index) => (index % 2 === 1 ? <strong class="risky">{part}</strong> : part))}
  </bdi>
)
