import type { Import, SourceFile } from './source-files.ts'

const ALL = ['*']

/** The topics of the bus, and the contracts of the log and of the key-value store: their errors and limits. */
const CONTRACTS = ['src/bus/bus.ts', 'src/event-log/event-log.ts', 'src/key-value/key-value.ts']

/**
 * The floors from the lowest to the highest. A type says what is passed in, so it may come from any lower floor; never from
 * a higher one.
 */
const HEIGHTS =
  'domain views config telemetry sqlite redis event-log key-value bus cluster close-in-reverse auth control projection ingest live pages web client export demo tail compose main launch'.split(
    ' ',
  )

/** Which floors (or single files) a floor may import at run time; it may always import itself. */
const MAY_IMPORT: Record<string, string[]> = {
  launch: [],
  main: ['compose', 'auth', 'config', 'cluster', 'demo', 'tail', 'client', 'domain', 'package.json'],
  'close-in-reverse': [],
  stylesheet: [],
  compose: ALL,
  // The supervisor relays the bus of its workers.
  cluster: ['telemetry', 'src/bus/relay.ts'],
  // What people look at, each page in one module: web answers their addresses, and live keeps them current.
  pages: ['live', 'projection', 'control', 'auth', 'views', 'domain', ...CONTRACTS],
  web: ['pages', 'live', 'projection', 'ingest', 'control', 'auth', 'views', 'domain', 'stylesheet', ...CONTRACTS],
  // A viewer that writes down what it is shown.
  export: ['client', 'pages', 'live', 'projection', 'views', 'domain', 'stylesheet', ...CONTRACTS],
  live: ['projection', 'auth', 'domain', ...CONTRACTS],
  projection: ['domain', ...CONTRACTS],
  ingest: ['domain', ...CONTRACTS],
  control: ['domain', ...CONTRACTS],
  auth: ['domain'],
  telemetry: ['domain'],
  // What the engines on Redis share: how to connect, where keys lie, how scripts run.
  redis: ['domain'],
  // How connections to an SQLite file are held: the same for the log and for small shared things.
  sqlite: [],
  'event-log': ['domain', 'redis', 'sqlite'],
  bus: ['domain', 'redis'],
  'key-value': ['domain', 'redis', 'sqlite'],
  config: ['domain'],
  // Programs that talk to a service over its public API, and say events in the words of the pages.
  client: ['views', 'domain'],
  demo: ['client', 'domain'],
  tail: ['client', 'domain'],
  views: ['domain'],
  domain: [],
}

/** Packages (and runtime modules) that a floor may import; floors that are not listed choose by themselves. */
const MAY_IMPORT_PACKAGES: Record<string, RegExp> = {
  domain: /^zod$/,
  views: /^hono\/(jsx|html)(\/|$)/,
  launch: /^node:/,
}

function isAllowed(source: SourceFile, { name, file, isType }: Import, floor: string): boolean {
  if (isType) return file === undefined || HEIGHTS.indexOf(floor) <= HEIGHTS.indexOf(source.floor)
  if (file === undefined) return MAY_IMPORT_PACKAGES[source.floor]?.test(name) ?? true
  const allowed = MAY_IMPORT[source.floor] ?? []
  return floor === source.floor || allowed.includes(floor) || allowed.includes(file) || allowed === ALL
}

/** Imports that do not point down; those of types alone are told as such. */
export function wrongImports(sources: SourceFile[], floorOf: (path: string) => string): string[] {
  const unknown = sources.filter(({ floor }) => !(floor in MAY_IMPORT)).map(({ path }) => `${path}: no floor of this name is known`)
  const wrong = sources.flatMap((source) =>
    source.imports
      .filter((one) => !isAllowed(source, one, one.file ? floorOf(one.file) : ''))
      .map(({ name, isType }) => `${source.path}: ${source.floor} may not import ${isType ? 'types of ' : ''}${name}`),
  )
  return [...unknown, ...wrong]
}

/** Files that import each other, types alone included, each ring once. */
export function importCycles(sources: SourceFile[]): string[] {
  const edges = new Map(sources.map(({ path, imports }) => [path, imports.flatMap(({ file }) => file ?? [])]))
  const done = new Set<string>()
  const cycles: string[] = []
  const visit = (path: string, trail: string[]) => {
    const start = trail.indexOf(path)
    if (start !== -1) cycles.push(`import cycle: ${[...trail.slice(start), path].join(' → ')}`)
    if (start !== -1 || done.has(path)) return
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path])
    done.add(path)
  }
  for (const path of edges.keys()) visit(path, [])
  return cycles
}
