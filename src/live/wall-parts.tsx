import { domId } from '../../views/atoms/dom-id.ts'
import { isLarge, LastHour, Wall } from '../../views/overview/wall.tsx'
import { WallTile } from '../../views/overview/wall-tile.tsx'
import { replace } from './frame.ts'
import { hasSameOrder, type OverviewContentNow } from './overview-content.ts'

/** The whole wall, for a viewer who comes back. Its clock and counts live by themselves. */
export const wholeWall = (content: OverviewContentNow): string => replace('wall', <Wall {...content} />)

/** Tiles alone where the order stands, all of the wall where it does not. */
export function changedWall(shown: OverviewContentNow, content: OverviewContentNow): string {
  const { rows, figures, now } = content
  const before = new Set(shown.rows)
  if (!hasSameOrder(shown, content)) return wholeWall(content)
  const tiles = rows.flatMap((summary, index) =>
    before.has(summary)
      ? []
      : [replace(domId('project', summary.project.name), <WallTile summary={summary} isLarge={isLarge(rows, index)} now={now} />)],
  )
  return tiles.join('') + replace('wall-hour', <LastHour figures={figures} now={now} />)
}
