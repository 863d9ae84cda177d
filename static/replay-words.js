/* What a replay says of a moment, and the marks above its slider. */
import { zone } from './clock.js'

const SVG = 'http://www.w3.org/2000/svg'
const WIDTH = 1000
/** Marks nearer to each other than this are one. */
const APART = 2

/** A day and a time of day in the zone that the reader chose. */
export function timeText(at) {
  const format = { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23', ...zone() }
  const name = zone().timeZone ? ' UTC' : ''
  return `${new Date(at).toLocaleString([], format)}${name}`
}

/** Draws where something began that people look for; the later of two that would touch is left out. */
export function showMarks(picture, { marks, length }) {
  let last = -APART
  for (const [place, tone] of marks) {
    const x = (place / Math.max(1, length - 1)) * WIDTH
    if (x - last < APART) continue
    last = x
    const mark = document.createElementNS(SVG, 'line')
    for (const [name, value] of Object.entries({ x1: x, x2: x, y1: 0, y2: 10, class: `tone-${tone}` })) mark.setAttribute(name, value)
    picture.append(mark)
  }
}
