import type { FC } from 'hono/jsx'

/**
 * What stands around the detail of a story, an agent or an event beside a list. The page's script (static/panel.js) takes it
 * out and fills it; where it does not run, links lead to the details' own pages.
 */
export const PanelFrame: FC = () => (
  <template id="panel-frame">
    <aside id="panel" class="panel" aria-label="Detail">
      <p class="panel__bar">
        <a class="panel__whole" href="/">
          Whole page
        </a>
        <button class="button" type="button" data-close-panel>
          Close <kbd aria-hidden="true">Esc</kbd>
        </button>
      </p>
    </aside>
  </template>
)
