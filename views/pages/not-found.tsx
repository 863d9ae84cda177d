import type { FC } from 'hono/jsx'
import { visibleText } from '../atoms/foreign-text.tsx'
import type { Frame } from '../shell/layout.tsx'
import { ErrorPage } from './error.tsx'

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
