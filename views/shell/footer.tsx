import type { FC } from 'hono/jsx'

/** Below every page: the keys that there are, and how times read. */
export const Footer: FC = () => (
  <footer class="foot">
    <button class="foot__item needs-script foot__keys" type="button" data-keys-help>
      <kbd aria-hidden="true">?</kbd> Keyboard
    </button>
    <button class="foot__item needs-script" type="button" data-utc-toggle aria-pressed="false">
      Times in UTC
    </button>
    <a class="foot__item foot__wall" href="/?tv=1">
      Wall
    </a>
  </footer>
)
