/** A stylesheet's part: from a heading comment at the beginning of a line to the next one that it is asked for. */
type Part = { from: string; to: string }

/** The tokens with the tones, and what drawings are made of (static/app.css). */
const PARTS: readonly Part[] = [
  { from: ':root {', to: '/* Ground */' },
  { from: '/* Shapes */', to: '/* Controls */' },
  { from: '/* The workflow diagram */', to: '/* Sprint */' },
]

/** What only pictures show. */
const OWN = `
text { font-family: Verdana, "DejaVu Sans", var(--font); }
.badge__ground, .picture__ground { fill: var(--surface); stroke: var(--line-2); }
.badge__state { fill: var(--tone-tint); stroke: var(--tone-edge); }
.badge__name, .badge__word { font-size: 11px; }
.badge__name, .picture__name { fill: var(--text); }
.badge__word { fill: var(--tone); font-weight: 600; }
.picture__name { font: 600 15px var(--font); }
.picture__as-of { fill: var(--text-2); font: 12px var(--font); }
.node text { font-family: var(--font); }
.node .node__wire { font-family: var(--mono); }`

/**
 * The rules of the pages' stylesheet that a picture needs, so that a colour is written once. A picture stands still. Throws where a
 * part is not found.
 */
export function pictureStyle(css: string): string {
  const parts = PARTS.map(({ from, to }) => {
    const begin = css.indexOf(from)
    const end = css.indexOf(to, begin)
    if (begin === -1 || end === -1) throw new Error(`static/app.css has no part from "${from}" to "${to}"`)
    return css.slice(begin, end)
  })
  return `${parts.join('\n')}${OWN}`
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/animation:[^;]*;|@keyframes \w+ \{.*?\}\s*\}/gs, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([{};:,>]) ?/g, '$1')
}
