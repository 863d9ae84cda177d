/** An element with an id: its text and its inner units. */
export type Unit = { id: string; parts: (string | Unit)[]; parent: Unit | undefined }

const TAGS = /<(\/?)(section|article|header|aside|nav|div|ul|ol|li|p)\b((?:"[^"]*"|[^">])*)>/g
const ID = /(?:^|\s)id="([^"]*)"/

const rootUnit = (): Unit => ({ id: '', parts: [], parent: undefined })

/** Splits our own markup at elements with an id; foreign text in it is escaped. */
export function readUnits(html: string): Unit {
  const root = rootUnit()
  let [unit, from] = [root, 0]
  const open: (Unit | undefined)[] = []
  for (const { 0: tag, 1: slash, 3: attributes = '', index } of html.matchAll(TAGS)) {
    const end = index + tag.length
    if (slash === '') {
      const id = ID.exec(attributes)?.[1]
      const inner: Unit | undefined = id === undefined ? undefined : { id, parts: [], parent: unit }
      open.push(inner)
      if (!inner) continue
      if (index > from) unit.parts.push(html.slice(from, index))
      unit.parts.push(inner)
      ;[unit, from] = [inner, index]
    } else if (open.pop()) {
      unit.parts.push(html.slice(from, end))
      ;[unit, from] = [unit.parent ?? root, end]
    }
  }
  if (from < html.length) unit.parts.push(html.slice(from))
  return root
}

/** A unit and all within it. */
export function* unitsIn(unit: Unit): Generator<Unit> {
  yield unit
  for (const part of unit.parts) if (typeof part !== 'string') yield* unitsIn(part)
}

/** A unit's markup. */
export const markupOf = (unit: Unit): string => unit.parts.map((part) => (typeof part === 'string' ? part : markupOf(part))).join('')
