import type { FC, PropsWithChildren } from 'hono/jsx'

/** Where a picture lies, as a `viewBox` tells it. */
export type Frame = { x: number; y: number; width: number; height: number }

type PictureProps = PropsWithChildren<{ frame: Frame; name: string }>

/** A drawing as a document of its own, for places that show pictures and run nothing. Its colours come behind its title. */
export const Picture: FC<PictureProps> = ({ frame, name, children }) => (
  <svg
    xmlns="http://www.w3.org/2000/svg"
    viewBox={`${frame.x} ${frame.y} ${frame.width} ${frame.height}`}
    width={frame.width}
    height={frame.height}
    role="img"
    aria-label={name}
  >
    <title>{name}</title>
    {children}
  </svg>
)
