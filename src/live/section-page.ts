import type { LivePage } from './feed.ts'
import { frameText, replace } from './frame.ts'
import { eventsAfter, isAhead, positionOf } from './position.ts'
import type { Shown } from './project-page.tsx'
import { openResumeFrames } from './resume-frames.ts'

/** A part of a page, by the id of its element. */
export type PageSection = {
  id: string
  /** What of the project the section shows: it is rendered anew when one of these was replaced. */
  reads(shown: Shown): readonly unknown[]
  render(shown: Shown, now: number): unknown
}

/** A page of one project that is made of sections; a change that none of them reads costs no rendering and no frame. */
export function openSectionPage(first: Shown, sections: readonly PageSection[], now: () => number): LivePage {
  let shown = first
  let current = first
  const resumes = openResumeFrames(now)
  const head = (content: string) => ({ content, since: positionOf(current.view), lastEventAt: current.view.state.lastEventAt })
  const rendered = (some: readonly PageSection[]) => some.map(({ id, render }) => replace(id, render(current, now()))).join('')

  return {
    project: first.project.name,
    isBehind: (since) => isAhead(since, current.view),
    take({ project, summary, view }) {
      current = { project, summary, view }
      resumes.clear()
      return shown.view.epoch !== view.epoch || sections.some((section) => isReplaced(section, shown, current))
    },
    flush() {
      if (shown === current) return undefined
      const isOther = shown.view.epoch !== current.view.epoch
      const content = rendered(isOther ? sections : sections.filter((section) => isReplaced(section, shown, current)))
      const events = eventsAfter(positionOf(shown.view), current.view)
      shown = current
      return content === '' ? undefined : frameText({ ...head(content), now: now(), events })
    },
    resume: (since = '') =>
      resumes.frame(since, () => {
        const content = since === positionOf(current.view) ? '' : rendered(sections)
        return { ...head(content), events: eventsAfter(since, current.view) }
      }),
  }
}

function isReplaced({ reads }: PageSection, before: Shown, after: Shown): boolean {
  const was = reads(before)
  return reads(after).some((part, index) => part !== was[index])
}
