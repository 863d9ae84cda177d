import { html, raw } from 'hono/html'
import type { FC, PropsWithChildren } from 'hono/jsx'
import type { Attention } from '../../src/domain/summary/attention.ts'
import { ATTENTION_LOOKS, type Look } from './state-look.ts'
import { Shape } from './shape.tsx'
import { Since } from './since.tsx'

export const StateBadge: FC<PropsWithChildren<{ look: Look; isLarge?: boolean }>> = ({ look, isLarge, children }) => (
  <span class={`badge tone-${look.tone}${isLarge ? ' badge--large' : ''}`}>
    <Shape name={look.shape} />
    <bdi>{children ?? look.word}</bdi>
  </span>
)

type MarkProps = { attention: Attention; now: number; isLarge?: boolean }

export const AttentionMark: FC<MarkProps> = ({ attention, now, isLarge = false }) => (
  <StateBadge look={ATTENTION_LOOKS[attention.word]} isLarge={isLarge}>
    <AttentionWords attention={attention} now={now} />
  </StateBadge>
)

export function AttentionWords({ attention, now }: { attention: Attention; now: number }) {
  const { word } = ATTENTION_LOOKS[attention.word]
  if (attention.word !== 'stale' || attention.since === undefined) return raw(word)
  return html`${word} for ${Since({ at: attention.since, now, form: 'age' })}`
}
