import type { FC } from 'hono/jsx'
import type { ProjectSummary } from '../../src/domain/summary/project-summary.ts'
import { domId } from '../atoms/dom-id.ts'
import { ATTENTION_LOOKS } from '../atoms/state-look.ts'
import { projectHref } from '../atoms/part-href.ts'
import { Shape } from '../atoms/shape.tsx'
import type { Bounded } from '../../src/domain/bounded.ts'

export const Palette: FC = () => (
  <dialog id="palette" class="dialog palette" aria-label="Jump to a project">
    <input
      id="palette-text"
      type="text"
      role="combobox"
      aria-label="Name of a project"
      aria-autocomplete="list"
      aria-controls="palette-results"
      aria-expanded="false"
      placeholder="Jump to a project"
      autocomplete="off"
      maxlength={200}
    />
    <div id="palette-results" role="listbox" aria-label="Projects" />
    <p class="palette__trouble">Not found out: the server did not answer. Type on to ask again.</p>
  </dialog>
)

export const PaletteResults: FC<{ found: Bounded<ProjectSummary> }> = ({ found: { kept, left } }) => (
  <>
    {kept.length === 0 ? (
      <div id="palette-nothing" role="option" aria-selected="false" aria-disabled="true" class="palette__nothing">
        No project is called that
      </div>
    ) : null}
    {kept.map(({ project, attention }) => {
      const look = ATTENTION_LOOKS[attention.word]
      return (
        <div
          id={domId('jump', project.name)}
          role="option"
          aria-selected="false"
          class={`palette__option tone-${look.tone}`}
          data-href={projectHref(project.name)}
        >
          <Shape name={look.shape} />
          <span class="palette__name">{project.name}</span>
          <span class="row__word">{look.word}</span>
        </div>
      )
    })}
    {left.length > 0 ? (
      <div id="palette-more" role="option" aria-selected="false" aria-disabled="true" class="palette__nothing">
        {left.length} more: type on
      </div>
    ) : null}
  </>
)
