import { createHash } from 'node:crypto'
import type { Context } from 'hono'
import { Hono } from 'hono'
import type { Theme } from '../../../views/shell/layout.tsx'
import { BadgePicture, DiagramPicture } from '../../../views/pictures/pictures.tsx'
import type { Env, WebDeps } from '../env.ts'
import { isKnownTag } from '../etag.ts'
import { openPictureStyle } from '../picture-style.ts'
import { type Viewed, viewProject } from '../../pages/serve-page.ts'
import { pageRequest } from '../page-request.ts'

const XML = '<?xml version="1.0" encoding="utf-8"?>\n'

/** GET /projects/:name/diagram.svg and …/badge.svg, with `?theme=` and `?at=`. */
export function pictureRoutes(deps: WebDeps) {
  const styleOf = openPictureStyle(deps.files.pictureStyle)

  function answer(c: Context<Env>, picture: unknown) {
    const drawing = String(picture)
    const style = styleOf(drawing, themeOf(c))
    const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`
    const svg = XML + drawing.replace('</title>', (end) => `${end}<style>${style}</style>`)
    const etag = `W/"${Bun.hash(svg).toString(36)}"`
    c.header('ETag', etag)
    c.header('Cache-Control', 'no-cache')
    c.header('Content-Security-Policy', policy)
    c.header('Cross-Origin-Resource-Policy', 'cross-origin')
    return isKnownTag(c, etag) ? c.body(null, 304) : c.body(svg, 200, { 'content-type': 'image/svg+xml; charset=utf-8' })
  }

  const pictureOf = (draw: (viewed: Viewed) => unknown) => async (c: Context<Env>) => {
    const viewed = await viewProject(pageRequest(c), deps.audiences.of(c.get('viewer')))
    return 'to' in viewed ? c.redirect(viewed.to, viewed.status) : answer(c, draw(viewed))
  }

  return new Hono<Env>()
    .get(
      '/projects/:name/badge.svg',
      pictureOf(({ shown }) => <BadgePicture project={shown.project.name} attention={shown.summary.attention} />),
    )
    .get(
      '/projects/:name/diagram.svg',
      pictureOf(({ shown, now }) => <DiagramPicture project={shown.project.name} workflow={shown.view.state.workflow} now={now} />),
    )
}

function themeOf(c: Context<Env>): Theme | undefined {
  const theme = c.req.query('theme')
  return theme === 'light' || theme === 'dark' ? theme : undefined
}
