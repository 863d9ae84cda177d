import { createContext, type FC, type PropsWithChildren, useContext } from 'hono/jsx'
import { atMoment } from './part-href.ts'

/** The `?at=` of a page of the past, so that its links lead to the same moment. */
export const ShownAt = createContext<string | undefined>(undefined)

type LinkProps = PropsWithChildren<{ href: string; id?: string; class?: string; rel?: string; 'aria-current'?: 'true' }>

/** A link within a project, to the moment that the page shows. */
export const PartLink: FC<LinkProps> = ({ href, children, ...attributes }) => {
  const at = useContext(ShownAt)
  return (
    <a {...attributes} href={atMoment(href, at)}>
      {children}
    </a>
  )
}

/** The same for a form that asks for a part. */
export const ShownAtField: FC = () => {
  const at = useContext(ShownAt)
  return at === undefined ? <>{''}</> : <input type="hidden" name="at" value={at} />
}
