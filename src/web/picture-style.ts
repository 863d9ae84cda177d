type Rule = { selectors: readonly string[]; declarations: [property: string, value: string][] }
type Tokens = ReadonlyMap<string, string>
type Drawn = { tag: string; classes: ReadonlySet<string> }
type PictureStyle = (svg: string, theme: Scheme | undefined) => string

const MOTION = new Set(['animation', 'transform-origin'])

/** Derives a picture's stylesheet from static/pictures.css, with plain hexadecimal colours, which every viewer understands. */
export function openPictureStyle(css: string): PictureStyle {
  const rules = rulesOf(css)
  const tokens = new Map(rules.filter(({ selectors }) => selectors.includes(':root')).flatMap(({ declarations }) => declarations))
  const tones = new Map(rules.flatMap(({ selectors, declarations }) => toneOf(selectors, declarations)))
  const drawing = rules.filter(({ selectors }) => !selectors.some((selector) => /^(:root|\[|\.tone-)/.test(selector)))
  return (svg, theme) => {
    const drawn = drawnIn(svg)
    const present = [...tones].filter(([tone]) => drawn.some(({ classes }) => classes.has(tone)))
    const used = drawing.flatMap((rule) => meeting(underTones(rule, present, tokens), drawn))
    return theme ? written(used, theme) : written(used, 'light') + darkOnes(used)
  }
}

/** The rules of a stylesheet, those that are nested in others written out. What holds under a condition (`@media`) is left out. */
function rulesOf(css: string): Rule[] {
  const rules: Rule[] = []
  const open: Rule[] = []
  for (const [, text = '', end = ''] of css.matchAll(/([^{};]*)([{};])/g)) {
    const parent = open.at(-1)
    if (end === '{') open.push({ selectors: text.trim().startsWith('@') ? [] : selectorsOf(text, parent), declarations: [] })
    if (end === '{') rules.push(...open.slice(-1))
    else if (text.trim() !== '') parent?.declarations.push(...declarationOf(text))
    if (end === '}') open.pop()
  }
  return rules.filter(({ selectors }) => selectors.length > 0)
}

function selectorsOf(text: string, parent: Rule | undefined): string[] {
  const own = text.split(',').map((selector) => selector.trim())
  if (parent === undefined) return own
  return parent.selectors.flatMap((outer) => own.map((inner) => (inner.includes('&') ? inner.replaceAll('&', outer) : `${outer} ${inner}`)))
}

function declarationOf(text: string): [property: string, value: string][] {
  const [property = '', ...value] = text.split(':')
  return MOTION.has(property.trim()) ? [] : [[property.trim(), value.join(':').trim()]]
}

const toneOf = (selectors: Rule['selectors'], declarations: Rule['declarations']): [string, Tokens][] =>
  selectors.flatMap((selector) => (selector.startsWith('.tone-') ? [[selector.slice(1), new Map(declarations)]] : []))

type Resolved = { selectors: readonly string[]; light: readonly string[]; dark: readonly string[] }
type Tones = readonly (readonly [name: string, tokens: Tokens])[]

function underTones(rule: Rule, tones: Tones, tokens: Tokens): Resolved[] {
  if (!rule.declarations.some(([, value]) => value.includes('var(--tone'))) return [resolved(rule, tokens)]
  return tones.map(([tone, own]) => {
    const narrowed = rule.selectors.flatMap((selector) => [`.${tone} ${selector}`, `.${tone}${selector}`])
    return resolved({ ...rule, selectors: tones.length === 1 ? rule.selectors : narrowed }, new Map([...tokens, ...own]))
  })
}

function resolved({ selectors, declarations }: Rule, tokens: Tokens): Resolved {
  const inScheme = (scheme: Scheme) => declarations.map(([property, value]) => `${property}:${plainValue(value, tokens, scheme)}`)
  return { selectors, light: inScheme('light'), dark: inScheme('dark') }
}

function plainValue(value: string, tokens: Tokens, scheme: Scheme): string {
  const meant = value.replace(/var\((--[\w-]+)\)/g, (_, name: string) => {
    const token = tokens.get(name)
    if (token === undefined) throw new Error(`static/tokens.css has no token ${name}`)
    return token
  })
  if (meant === value) return colourOf(value, scheme)
  return plainValue(meant, tokens, scheme)
}

function meeting(rules: readonly Resolved[], drawn: readonly Drawn[]): Resolved[] {
  return rules.flatMap((rule) => {
    const selectors = rule.selectors.filter((selector) =>
      selector.split(/ (?:> )?/).every((part) => drawn.some((each) => isMet(part, each))),
    )
    return selectors.length === 0 || rule.light.length === 0 ? [] : [{ ...rule, selectors }]
  })
}

function isMet(part: string, { tag, classes }: Drawn): boolean {
  const [name, ...needed] = part.split('.')
  return (name === '' || name === tag) && needed.every((each) => classes.has(each))
}

function drawnIn(svg: string): Drawn[] {
  return [...svg.matchAll(/<(\w+)([^>]*)/g)].map(([, tag = '', attributes = '']) => ({
    tag,
    classes: new Set(/ class="([^"]*)"/.exec(attributes)?.[1]?.split(' ')),
  }))
}

const written = (rules: readonly Resolved[], scheme: Scheme) => rules.map((rule) => ruleText(rule.selectors, rule[scheme])).join('')

function darkOnes(rules: readonly Resolved[]): string {
  const darker = rules.map(({ selectors, light, dark }) => ({ selectors, dark: dark.filter((each) => !light.includes(each)) }))
  const texts = darker.map(({ selectors, dark }) => (dark.length === 0 ? '' : ruleText(selectors, dark)))
  return `@media(prefers-color-scheme:dark){${texts.join('')}}`
}

const ruleText = (selectors: readonly string[], declarations: readonly string[]) => `${selectors.join(',')}{${declarations.join(';')}}`

type Scheme = 'light' | 'dark'

const EITHER = /light-dark\((oklch\([^()]*\)|[^,()]+), ?(oklch\([^()]*\)|[^,()]+)\)/g
const OKLCH = /oklch\(([\d.]+% [\d.]+ [\d.]+)\)/g

/** Resolves `light-dark()` and `oklch()` to `#rrggbb`; throws if one is left. */
function colourOf(value: string, scheme: Scheme): string {
  const plain = value
    .replace(EITHER, (_, light: string, dark: string) => (scheme === 'light' ? light : dark))
    .replace(OKLCH, (_, parts: string) => hexOf(parts))
  if (/light-dark\(|oklch\(/.test(plain)) throw new Error(`a colour that no picture can show: ${plain}`)
  return plain
}

/** OKLCH to sRGB by its definition, clipped like in browsers. */
function hexOf(parts: string): string {
  const [percent = 0, chroma = 0, degrees = 0] = parts.split(/%? /).map(Number)
  const [lightness, hue] = [percent / 100, (degrees * Math.PI) / 180]
  const [a, b] = [chroma * Math.cos(hue), chroma * Math.sin(hue)]
  const long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const short = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  const red = 4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short
  const green = -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short
  const blue = -0.0041960863 * long - 0.7034186147 * middle + 1.707614701 * short
  return `#${[red, green, blue].map(byteOf).join('')}`
}

function byteOf(linear: number): string {
  const encoded = linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055
  const byte = Math.round(Math.min(1, Math.max(0, encoded)) * 255)
  return byte.toString(16).padStart(2, '0')
}
