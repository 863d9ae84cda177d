import { CsrfField } from './csrf-field.tsx'
import type { FC } from 'hono/jsx'
import { visibleText } from '../atoms/foreign-text.tsx'

/** Who looks at a page, as its bar shows them. */
export type ShownViewer = {
  name: string
  may: string
  canSignOut: boolean
}

/** The viewer's initials, which open what they may and the way out; without script, too. */
export const WhoAmI: FC<{ viewer: ShownViewer }> = ({ viewer: { name, may, canSignOut } }) => {
  const shown = visibleText(name, 60)
  return (
    <details class="me">
      <summary class="me__initials" title={shown}>
        <span aria-hidden="true">{initialsOf(shown)}</span>
        <span class="visually-hidden">Signed in as {shown}</span>
      </summary>
      <div class="me__menu">
        <p class="me__who">
          <strong>
            <bdi>{shown}</bdi>
          </strong>
          <span>{may}</span>
        </p>
        <a class="me__item" href="/settings">
          Settings
        </a>
        {canSignOut ? (
          <form method="post" action="/logout">
            <CsrfField />
            <button class="me__item" type="submit">
              Sign out
            </button>
          </form>
        ) : null}
      </div>
    </details>
  )
}

function initialsOf(name: string): string {
  const first = (word: string) => Array.from(word)[0] ?? ''
  const words = name.split(/[\s@.]+/).filter((word) => word !== '')
  return `${first(words[0] ?? '?')}${first(words[1] ?? '')}`.toUpperCase()
}
