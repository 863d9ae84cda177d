import type { Child, FC, PropsWithChildren } from 'hono/jsx'
import { visibleText } from './foreign-text.tsx'

/** Names and values side by side. */
export const Facts: FC<PropsWithChildren> = ({ children }) => <dl class="known">{children}</dl>

/** One of them; nothing where there is no value. Text is foreign. */
export const Fact: FC<{ name: string; children?: Child }> = ({ name, children }) =>
  children === undefined || children === null ? null : (
    <div>
      <dt>{name}</dt>
      <dd>{typeof children === 'string' ? <bdi>{visibleText(children, 120)}</bdi> : children}</dd>
    </div>
  )
