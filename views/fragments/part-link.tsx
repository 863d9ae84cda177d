import { createContext, type FC, type PropsWithChildren, useContext } from 'hono/jsx'

/** What the address of a page that looks back asks for (`?at=`), so that its links lead to the same moment; undefined for the newest. */
export const ShownAt = createContext<string | undefined>(undefined)

/** A link within a project, to the moment that the page shows. */
export const PartLink: FC<PropsWithChildren<{ href: string }>> = ({ href, children }) => {
  const at = useContext(ShownAt)
  return <a href={at === undefined ? href : atMoment(href, at)}>{children}</a>
}

function atMoment(href: string, at: string): string {
  const [address, fragment] = href.split('#')
  return `${address}${href.includes('?') ? '&' : '?'}at=${encodeURIComponent(at)}${fragment === undefined ? '' : `#${fragment}`}`
}
