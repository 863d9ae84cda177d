import { basename, extname } from 'node:path'

export type StaticFile = { body: Uint8Array<ArrayBuffer>; gzip: Uint8Array<ArrayBuffer>; type: string; etag: string; isImmutable: boolean }

export type StaticFiles = {
  /** By the name in the address, with or without its content hash. */
  find(name: string): StaticFile | undefined
  /** The address of a file with its content hash, which browsers keep for a year. */
  href(name: string): string
  /** All that a page is made of, as a short hash: pages and frames of the same build fit each other, whichever instance sends them. */
  build: string
  /** Those whose names carry a content hash, by name. */
  hashed(): Iterable<[name: string, file: StaticFile]>
}

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
}

const here = (path: string) => new URL(`../../${path}`, import.meta.url).pathname

/** The scripts that pages load by name; each brings what it imports, once, whichever of them asks for it first. */
const SCRIPTS = ['app.js', 'overview.js', 'timeline.js', 'time-travel.js']

/** What pages load besides: ours as it is, and htmx from its package. */
const SOURCES: Record<string, string> = {
  'app.css': here('static/app.css'),
  'icon.svg': here('static/icon.svg'),
  'htmx.js': here('node_modules/htmx.org/dist/htmx.min.js'),
  'hx-upsert.js': here('node_modules/htmx.org/dist/ext/hx-upsert.min.js'),
}

/**
 * Reads everything once, so that no request touches the disk. Rejects when a file is missing or cannot be read as a script: a
 * page without its script would look alive and be dead.
 */
export async function loadStaticFiles(): Promise<StaticFiles> {
  const files = new Map<string, StaticFile>()
  const hrefs = new Map<string, string>()
  function add(name: string, hash: string, body: Uint8Array<ArrayBuffer>) {
    const extension = extname(name)
    const file = { body, gzip: Bun.gzipSync(body), type: TYPES[extension] ?? 'application/octet-stream', etag: `W/"${hash}"` }
    const hashed = `${name.slice(0, -extension.length)}.${hash}${extension}`
    files.set(name, { ...file, isImmutable: false })
    files.set(hashed, { ...file, isImmutable: true })
    hrefs.set(name, `/static/${hashed}`)
  }
  for (const [name, path] of Object.entries(SOURCES)) {
    const body = await Bun.file(path).bytes()
    add(name, Bun.hash(body).toString(36).slice(0, 10), body)
  }
  for (const { name, hash, body } of await bundledScripts()) add(name, hash, body)
  const build = await buildOf([...hrefs.values()])
  return {
    find: (name) => files.get(name),
    href: (name) => hrefs.get(name) ?? `/static/${name}`,
    build,
    hashed: () => [...files].filter(([, { isImmutable }]) => isImmutable),
  }
}

/** Where markup is written: for first paint, and for frames. */
const MARKUP = ['views', 'src/live']

async function buildOf(hrefs: readonly string[]): Promise<string> {
  const paths = MARKUP.flatMap((folder) =>
    [...new Bun.Glob('**/*.{ts,tsx}').scanSync(here(folder))].toSorted().map((path) => `${folder}/${path}`),
  )
  const texts = await Promise.all(paths.map((path) => Bun.file(here(path)).text()))
  return Bun.hash([...hrefs.toSorted(), ...paths, ...texts].join('\n')).toString(36)
}

/** A page's script in one file takes one request; how a time reads is written once, for the server and for the browser. */
async function bundledScripts() {
  const { outputs } = await Bun.build({
    entrypoints: SCRIPTS.map((name) => here(`static/${name}`)),
    target: 'browser',
    minify: true,
    splitting: true,
    // What several scripts share is named after one of them: it must not take that one's place.
    naming: { entry: '[name].[hash].[ext]', chunk: 'shared-[name].[hash].[ext]' },
  })
  return Promise.all(
    outputs.map(async (output) => {
      const hash = output.hash ?? ''
      return { name: basename(output.path).replace(`.${hash}.`, '.'), hash, body: new Uint8Array(await output.arrayBuffer()) }
    }),
  )
}
