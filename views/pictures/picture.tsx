import { raw } from 'hono/html'
import type { FC, PropsWithChildren } from 'hono/jsx'
import type { Theme } from '../layout.tsx'

/** Where a picture lies, as a `viewBox` tells it. */
export type Frame = { x: number; y: number; width: number; height: number }

/** What each picture is told: its colours as CSS, and the theme where the address asks for one; else the reader's system decides. */
export type PictureLook = { style: string; theme: Theme | undefined }

type PictureProps = PropsWithChildren<PictureLook & { frame: Frame; name: string }>

/** A drawing as a document of its own, for places that show pictures and run nothing. */
export const Picture: FC<PictureProps> = ({ frame, name, style, theme, children }) => (
  <svg
    xmlns="http://www.w3.org/2000/svg"
    viewBox={`${frame.x} ${frame.y} ${frame.width} ${frame.height}`}
    width={frame.width}
    height={frame.height}
    role="img"
    aria-label={name}
    {...(theme ? { 'data-theme': theme } : {})}
  >
    <title>{name}</title>
    <style>{raw(style)}</style>
    {children}
  </svg>
)
