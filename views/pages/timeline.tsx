import type { FC } from 'hono/jsx'
import { visibleText } from '../atoms/foreign-text.tsx'
import { PanelFrame } from '../shell/panel-frame.tsx'
import { type Frame, Layout } from '../shell/layout.tsx'
import { atMoment, projectHref } from '../atoms/part-href.ts'
import { Timeline } from '../timeline/timeline.tsx'
import type { TimelineView } from '../timeline/view.ts'

/** GET /projects/:name/timeline — what its stories and agents went through, side by side. */
export const TimelinePage: FC<Frame & { view: TimelineView }> = ({ view, ...frame }) => {
  const { project, at } = view
  const up = atMoment(projectHref(project), at)
  return (
    <Layout {...frame} title={`Timeline of ${project}`} description={`What ${project} went through, live.`} scripts={['timeline.js']}>
      <nav class="crumbs" aria-label="Breadcrumb">
        <a href="/">Projects</a> <span aria-hidden="true">›</span> <a href={up}>{visibleText(project, 60)}</a>{' '}
        <span aria-hidden="true">›</span> <span aria-current="page">Timeline</span>
      </nav>
      <div class="heading">
        <h1>Timeline</h1>
      </div>
      <Timeline view={view} />
      <PanelFrame />
    </Layout>
  )
}
