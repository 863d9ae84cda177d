import type { FC } from 'hono/jsx'

/** The frame for details beside a list, which static/panel.js fills; without it links lead to their own pages. */
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
