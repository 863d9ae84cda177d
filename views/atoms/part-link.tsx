import { createContext, type FC, type PropsWithChildren, useContext } from 'hono/jsx'
import { atMoment } from './part-href.ts'

/** The `?at=` of a page of the past, so that its links lead to the same moment. */
export const ShownAt = createContext<string | undefined>(undefined)

type LinkProps = PropsWithChildren<{ href: string; id?: string; class?: string; rel?: string; 'aria-current'?: 'true' }>

export const PartLink: FC<LinkProps> = ({ href, children, ...attributes }) => {
  const at = useContext(ShownAt)
  return (
    <a {...attributes} href={atMoment(href, at)}>
      {children}
    </a>
  )
}

export const ShownAtField: FC = () => {
  const at = useContext(ShownAt)
  return at === undefined ? <>{''}</> : <input type="hidden" name="at" value={at} />
}
