import { Peek } from '../../views/overview/peek.tsx'
import { NOTHING_ELSE, pageOfProject } from './page-of-project.ts'

/** A short look at a project from the overview (static/peek.js), kept current. */
export const peekPage = pageOfProject({
  address: '/projects/:name/peek',
  asks: NOTHING_ELSE,
  sections: () => [
    {
      id: 'peek',
      isBeside: true,
      reads: ({ project, summary, view }) => [project, summary.attention, view.state],
      render: ({ project, summary: { attention }, view: { state, recent } }, now) => (
        <Peek project={project} state={state} attention={attention} recent={recent} now={now} />
      ),
    },
  ],
  frame: ({ layout: { live } }, drawn) => (
    <div id="peek-line" data-live={live?.path}>
      {drawn.peek}
    </div>
  ),
})
