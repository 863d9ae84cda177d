import type { FC } from 'hono/jsx'
import { visibleText } from '../atoms/foreign-text.tsx'
import { type Frame, Layout } from '../shell/layout.tsx'

type ErrorProps = Frame & {
  status: number
  title: string
  message: string
  kept?: string
  next: string
  requestId?: string
  way?: { href: string; words: string } | undefined
}

/** What happened, what was kept, what to do next, and the id to ask about. */
export const ErrorPage: FC<ErrorProps> = ({ status, title, message, kept, next, requestId, way, ...frame }) => (
  <Layout {...frame} title={title}>
    <div class="problem">
      <p class="problem__status">Error {status}</p>
      <h1>{title}</h1>
      <p>
        <bdi>{visibleText(message, 400)}</bdi>
      </p>
      <dl class="problem__facts">
        <dt>Kept</dt>
        <dd>{kept ?? 'Everything that was acknowledged before is stored. Nothing was changed by this request.'}</dd>
        <dt>Next</dt>
        <dd>{next}</dd>
        {requestId ? <dt>Request id</dt> : null}
        {requestId ? (
          <dd>
            <code>{visibleText(requestId, 80)}</code>
          </dd>
        ) : null}
      </dl>
      <div class="problem__ways">
        {way ? (
          <a class="button button--ink" href={way.href}>
            {way.words}
          </a>
        ) : null}
        <a class={way ? 'button' : 'button button--ink'} href="/">
          All projects
        </a>
      </div>
    </div>
  </Layout>
)

/** 404 — an address that leads nowhere; a project that the viewer may not see is one, too. */
export const NotFoundPage: FC<Frame & { path: string; project?: string; requestId?: string }> = ({ path, project, ...frame }) => (
  <ErrorPage
    {...frame}
    status={404}
    title={project === undefined ? 'This page does not exist' : 'No such project'}
    message={
      project === undefined
        ? `Nothing answers at ${visibleText(path, 120)}.`
        : `No project named “${visibleText(project, 63)}” has reported here, or you may not see it.`
    }
    kept="Nothing was changed."
    next={
      project === undefined
        ? 'Check the address, or begin at the list of projects.'
        : 'Check the name. A project appears with its first event, or when the configuration lists it.'
    }
  />
)
