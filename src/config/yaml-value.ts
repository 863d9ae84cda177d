import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair } from 'yaml'
import { isRecord } from '../domain/events/loose-fields.ts'

/** Valid YAML that we refuse. */
type YamlFault = { at: number; path: readonly PropertyKey[]; reason: string }

type YamlValue = {
  value: unknown
  faults: YamlFault[]
  find(path: readonly PropertyKey[]): number | undefined
  findKey(path: readonly PropertyKey[]): number | undefined
}

const MAX_DEPTH = 32
/** Aliases may repeat so many values: a small file must not unfold into gigabytes. */
const MAX_REPEATED = 10_000

type NodeOffsets = { key: number | undefined; value: number | undefined }
type Walk = {
  document: Document
  faults: YamlFault[]
  places: Map<string, NodeOffsets>
  repeated: number
}
type Here = { path: readonly PropertyKey[]; isRepeated: boolean; at: number }

/** Plain values with their offsets. The parser's own conversion is quadratic in the keys of a section, and forgets offsets. */
export function toValue(document: Document): YamlValue {
  const walk: Walk = { document, faults: [], places: new Map(), repeated: 0 }
  const value = read(walk, document.contents, { path: [], isRepeated: false, at: 0 })
  const place = (path: readonly PropertyKey[]) => walk.places.get(placeName(path))
  return {
    value,
    faults: walk.faults,
    find: (path) => place(path)?.value ?? place(path)?.key,
    findKey: (path) => place(path)?.key ?? place(path)?.value,
  }
}

const placeName = (path: readonly PropertyKey[]) => JSON.stringify(path.map(String))

function read(walk: Walk, node: Node | null | undefined, here: Here): unknown {
  const at = here.isRepeated ? here.at : (node?.range?.[0] ?? here.at)
  const fault = (reason: string) => void walk.faults.push({ at, path: here.path, reason })
  if (here.path.length > MAX_DEPTH) return fault(`is nested more than ${MAX_DEPTH} levels deep`)
  if (here.isRepeated && ++walk.repeated > MAX_REPEATED) {
    if (walk.repeated === MAX_REPEATED + 1) fault(`aliases repeat more than ${MAX_REPEATED} values`)
    return undefined
  }
  if (isAlias(node)) {
    const target = node.resolve(walk.document)
    if (target === undefined) return fault(`there is no anchor &${node.source} before this alias`)
    return read(walk, target, { path: here.path, isRepeated: true, at })
  }
  if (isSeq(node)) return readList(walk, node.items, { ...here, at })
  if (isMap(node)) return readSection(walk, node.items, { ...here, at })
  return isScalar(node) ? node.value : undefined
}

function readList(walk: Walk, items: unknown[], here: Here): unknown[] {
  return items.map((item, index) => {
    const path = [...here.path, index]
    const node = isNode(item) ? item : undefined
    const at = here.isRepeated ? here.at : (node?.range?.[0] ?? here.at)
    walk.places.set(placeName(path), { key: undefined, value: at })
    return read(walk, node, { ...here, path, at }) ?? null
  })
}

function readSection(walk: Walk, pairs: Pair[], here: Here): Record<string, unknown> {
  const section: Record<string, unknown> = {}
  const inherited: Record<string, unknown>[] = []
  const seen = new Set<string>()
  for (const pair of pairs) {
    const key = readKey(walk, pair, here)
    if (key === undefined) continue
    const path = [...here.path, key.text]
    const isMerge = key.text === '<<'
    if (seen.has(key.text)) walk.faults.push({ at: key.at, path, reason: 'is given twice' })
    seen.add(key.text)
    const node = isNode(pair.value) ? pair.value : undefined
    const at = here.isRepeated ? here.at : (node?.range?.[0] ?? key.at)
    walk.places.set(placeName(path), { key: key.at, value: at })
    const value = read(walk, node, { ...here, path: isMerge ? here.path : path, at })
    if (isMerge) inherited.push(...sections(value))
    else if (value !== undefined) section[key.text] = value
  }
  // A section's own keys win over merged ones, earlier merges over later ones.
  const whole: Record<string, unknown> = {}
  for (const ancestor of inherited.toReversed()) Object.assign(whole, ancestor)
  return Object.assign(whole, section)
}

function readKey(walk: Walk, { key }: Pair, here: Here): { text: string; at: number } | undefined {
  const node = isNode(key) ? key : undefined
  const at = here.isRepeated ? here.at : (node?.range?.[0] ?? here.at)
  if (!isScalar(node) || node.value === null) {
    walk.faults.push({ at, path: here.path, reason: 'has a key that is not plain text' })
    return undefined
  }
  // 007 and 1.0 are names here, so numbers stay text.
  const text = typeof node.value === 'string' ? node.value : (node.source ?? String(node.value))
  if (text !== '__proto__') return { text, at }
  walk.faults.push({ at, path: here.path, reason: 'has the key "__proto__", which is refused' })
  return undefined
}

const sections = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value : [value]).filter(isRecord)
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'range' in value
