import type { FC, PropsWithChildren } from 'hono/jsx'
import { visibleText } from '../atoms/foreign-text.tsx'
import { type Frame, Layout } from '../shell/layout.tsx'
import { projectHref } from '../atoms/part-href.ts'
import { PartLink } from '../atoms/part-link.tsx'

type PartProps = PropsWithChildren<
  Frame & {
    project: string
    among?: { id: string; word: string }
    name: string
    kind: string
  }
>

/** A part of a project: the way back, then what `children` say of it. */
export const PartPage: FC<PartProps> = ({ project, among, name, kind, children, ...frame }) => {
  const shown = visibleText(name, 60)
  return (
    <Layout {...frame} title={`${shown}, ${project}`} description={`The ${kind} ${shown} of ${project}, live.`}>
      <nav class="crumbs" aria-label="Breadcrumb">
        <a href="/">Projects</a> <span aria-hidden="true">›</span> <PartLink href={projectHref(project)}>{project}</PartLink>{' '}
        {among === undefined ? null : (
          <>
            <span aria-hidden="true">›</span> <PartLink href={`${projectHref(project)}#${among.id}`}>{among.word}</PartLink>{' '}
          </>
        )}
        <span aria-hidden="true">›</span>{' '}
        <span aria-current="page">
          <bdi>{shown}</bdi>
        </span>
      </nav>
      <article id="detail" class="part" data-kind={kind} aria-label={`${kind} ${shown}`}>
        {children}
      </article>
    </Layout>
  )
}
