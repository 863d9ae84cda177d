import { extname } from 'node:path'

export type StaticFile = { body: Uint8Array<ArrayBuffer>; gzip: Uint8Array<ArrayBuffer>; type: string; etag: string; isImmutable: boolean }

export type StaticFiles = {
  /** By the name in the address, with or without its content hash. */
  find(name: string): StaticFile | undefined
  /** The address of a file with its content hash, which browsers keep for a year. */
  href(name: string): string
}

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
}

const here = (path: string) => new URL(`../../${path}`, import.meta.url).pathname

/**
 * What pages load: ours, and htmx from its package. Read once, so that no request touches the disk. A script comes after
 * those that it imports.
 */
const SOURCES: Record<string, string> = {
  'relative-time.js': here('views/relative-time.ts'),
  'clock.js': here('static/clock.js'),
  'palette.js': here('static/palette.js'),
  'keys.js': here('static/keys.js'),
  'wall.js': here('static/wall.js'),
  'reading.js': here('static/reading.js'),
  'live.js': here('static/live.js'),
  'app.js': here('static/app.js'),
  'app.css': here('static/app.css'),
  'icon.svg': here('static/icon.svg'),
  'htmx.js': here('node_modules/htmx.org/dist/htmx.min.js'),
  'hx-ws.js': here('node_modules/htmx.org/dist/ext/hx-ws.min.js'),
  'hx-upsert.js': here('node_modules/htmx.org/dist/ext/hx-upsert.min.js'),
}

/** Rejects when a file is missing: a page without its script would look alive and be dead. */
export async function loadStaticFiles(): Promise<StaticFiles> {
  const files = new Map<string, StaticFile>()
  const hrefs = new Map<string, string>()
  for (const [name, path] of Object.entries(SOURCES)) {
    const body = await readSource(path, hrefs)
    const hash = Bun.hash(body).toString(36).slice(0, 10)
    const extension = extname(name)
    const file = { body, gzip: Bun.gzipSync(body), type: TYPES[extension] ?? 'application/octet-stream', etag: `W/"${hash}"` }
    const hashed = `${name.slice(0, -extension.length)}.${hash}${extension}`
    files.set(name, { ...file, isImmutable: false })
    files.set(hashed, { ...file, isImmutable: true })
    hrefs.set(name, `/static/${hashed}`)
  }
  return { find: (name) => files.get(name), href: (name) => hrefs.get(name) ?? `/static/${name}` }
}

/** How a time reads is written once, for the server and for the browser; imports get the names with the content hash. */
async function readSource(path: string, hrefs: ReadonlyMap<string, string>): Promise<Uint8Array<ArrayBuffer>> {
  if (!path.startsWith(here('static/')) && !path.endsWith('.ts')) return Bun.file(path).bytes()
  const source = await Bun.file(path).text()
  const script = path.endsWith('.ts') ? new Bun.Transpiler({ loader: 'ts' }).transformSync(source) : source
  const linked = script.replace(/(from |import )'\.\/([\w-]+\.js)'/g, (whole, keyword: string, name: string) => {
    const href = hrefs.get(name)
    return href === undefined ? whole : `${keyword}'${href}'`
  })
  return new TextEncoder().encode(linked)
}
