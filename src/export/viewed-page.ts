/** A page as a viewer has it, after some frames. */
type ViewedPage = {
  sections: readonly Unit[]
  /** Applies a frame; returns the numbers of changed sections. */
  apply(content: string): Set<number>
  markup(): string
}

const FRAGMENTS =
  /<hx-partial id="([^"]+)" hx-swap="outerMorph">(.*?)<\/hx-partial>|<hx-upsert hx-target="#([^"]+)"[^>]*>(.*?)<\/hx-upsert>/gs
/** Buttons lead to actions of the service, which a file lacks. */
const WAYS = /<a\b(?=[^>]* class="button\b)(?=[^>]* href="\/)[^>]*>.*?<\/a>/gs
const KEPT = ' data-kept=""'
const ROW = /data-offset="(\d+)"/
const ROWS = 50

/** Begins with a page's markup. */
export function openViewedPage(html: string): ViewedPage {
  const root = readUnits(html.replace(WAYS, ''))
  const sections = root.parts.filter((part) => typeof part !== 'string')
  const units = new Map([...unitsIn(root)].map((unit) => [unit.id, unit]))
  const sectionOf = (unit: Unit): number => (unit.parent === root || !unit.parent ? sections.indexOf(unit) : sectionOf(unit.parent))

  function replace(id: string, fragment: string): Unit | undefined {
    const [old, fresh] = [units.get(id), readUnits(fragment)]
    if (!old) return undefined
    restoreUnchanged(fresh)
    for (const { id } of unitsIn(old)) units.delete(id)
    old.parts = (fresh.parts.find((part) => typeof part !== 'string') ?? fresh).parts.map((part) => adopted(part, old))
    for (const unit of unitsIn(old)) units.set(unit.id, unit)
    return old
  }

  /** A stub in a frame stands for what is on the page. */
  function restoreUnchanged(fresh: Unit) {
    for (const unit of unitsIn(fresh)) {
      if (isStub(unit)) unit.parts = (units.get(unit.id) ?? unit).parts.map((part) => adopted(part, unit))
    }
  }

  function upsert(id: string, fragment: string): Unit | undefined {
    const list = units.get(id)
    if (!list) return undefined
    for (const { id } of addRows(list, readUnits(fragment))) units.delete(id)
    for (const unit of unitsIn(list)) units.set(unit.id, unit)
    return list
  }

  return {
    sections,
    apply(content) {
      const changed = new Set<number>()
      for (const [, id, fragment = '', listId, rows = ''] of content.replace(WAYS, '').matchAll(FRAGMENTS)) {
        const unit = id === undefined ? upsert(listId ?? '', rows) : replace(id, fragment)
        if (unit) changed.add(sectionOf(unit))
      }
      return changed
    },
    markup: () => markupOf(root),
  }
}

const isStub = ({ parts: [text] }: Unit) => typeof text === 'string' && text.includes(KEPT)

function adopted<P extends string | Unit>(part: P, parent: Unit): P {
  return typeof part === 'string' ? part : Object.assign(part, { parent })
}

function addRows(list: Unit, fresh: Unit): Unit[] {
  const rows = [...list.parts, ...fresh.parts].filter((part) => typeof part !== 'string')
  const newest = new Map(rows.map((row) => [offsetOf(row), row]))
  const kept = [...newest].sort(([one], [other]) => other - one).map(([, row]) => row)
  const [head, tail] = edges(list.parts.filter((part) => typeof part === 'string'))
  list.parts = [head, ...kept.slice(0, ROWS).map((row) => adopted(row, list)), tail]
  return kept.slice(ROWS)
}

const offsetOf = (row: Unit): number => Number(ROW.exec(typeof row.parts[0] === 'string' ? row.parts[0] : '')?.[1] ?? 0)

function edges(texts: string[]): [string, string] {
  const whole = texts.join('')
  const at = whole.lastIndexOf('</')
  return [whole.slice(0, at), whole.slice(at)]
}

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
function* unitsIn(unit: Unit): Generator<Unit> {
  yield unit
  for (const part of unit.parts) if (typeof part !== 'string') yield* unitsIn(part)
}

/** A unit's markup. */
export const markupOf = (unit: Unit): string => unit.parts.map((part) => (typeof part === 'string' ? part : markupOf(part))).join('')
