import { Peek } from '../../views/overview/peek.tsx'
import type { LivePage } from './live-page.ts'
import type { Shown } from './project-page.tsx'
import { openSectionPage } from './section-page.ts'

/** A look at a project from the overview: few lines, drawn anew with every change. */
export function openPeekPage(first: Shown, now: () => number): LivePage {
  return openSectionPage(first, {
    sections: [
      {
        id: 'peek',
        isBeside: true,
        reads: ({ project, summary, view }) => [project, summary.attention, view.state],
        render: ({ project, summary: { attention }, view: { state, recent } }, at) => (
          <Peek project={project} state={state} attention={attention} recent={recent} now={at} />
        ),
      },
    ],
    now,
  })
}
