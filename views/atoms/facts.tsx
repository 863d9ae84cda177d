import type { Child, FC, PropsWithChildren } from 'hono/jsx'
import { visibleText } from './foreign-text.tsx'

export const Facts: FC<PropsWithChildren> = ({ children }) => <dl class="known">{children}</dl>

export const Fact: FC<{ name: string; children?: Child }> = ({ name, children }) =>
  children === undefined || children === null ? null : (
    <div>
      <dt>{name}</dt>
      <dd>{typeof children === 'string' ? <bdi>{visibleText(children, 120)}</bdi> : children}</dd>
    </div>
  )
