import { createContext, type FC, useContext } from 'hono/jsx'

/** The token of the session that a page is rendered for. What is rendered once for several viewers knows none. */
export const CsrfToken = createContext<string | undefined>(undefined)

/** In every form that changes something. The script of the page adds the field to forms that came without it. */
export const CsrfField: FC = () => {
  const token = useContext(CsrfToken)
  return token === undefined ? <>{''}</> : <input type="hidden" name="_csrf" value={token} />
}
