import { basename, extname } from 'node:path'
import { joinStylesheet } from '../stylesheet.ts'

export type StaticFile = { body: Uint8Array<ArrayBuffer>; gzip: Uint8Array<ArrayBuffer>; type: string; etag: string; isImmutable: boolean }

export type StaticFiles = {
  find(name: string): StaticFile | undefined
  href(name: string): string
  /** A hash of everything that pages consist of: pages and frames of one build fit together. */
  build: string
  /** The styles of pictures, which stand alone: no browser loads them. */
  pictureStyle: string
  hashed(): Iterable<[name: string, file: StaticFile]>
}

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
}

const here = (path: string) => new URL(`../../${path}`, import.meta.url).pathname
const sheet = (name: string) => new URL(`../../static/${name}`, import.meta.url)

const SCRIPTS = ['app.js', 'overview.js', 'timeline.js', 'time-travel.js']

const SOURCES: Record<string, string> = {
  'icon.svg': here('static/icon.svg'),
  'htmx.js': here('node_modules/htmx.org/dist/htmx.min.js'),
  'hx-upsert.js': here('node_modules/htmx.org/dist/ext/hx-upsert.min.js'),
}

/** Reads all files at start. Rejects if a script is broken, because a page without its script would look live. */
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
  const addAsIs = (name: string, body: Uint8Array<ArrayBuffer>) => add(name, Bun.hash(body).toString(36).slice(0, 10), body)
  addAsIs('app.css', new TextEncoder().encode(await joinStylesheet(sheet('app.css'))))
  for (const [name, path] of Object.entries(SOURCES)) addAsIs(name, await Bun.file(path).bytes())
  for (const { name, hash, body } of await bundledScripts()) add(name, hash, body)
  const build = await buildOf([...hrefs.values()])
  return {
    find: (name) => files.get(name),
    href: (name) => hrefs.get(name) ?? `/static/${name}`,
    build,
    pictureStyle: await joinStylesheet(sheet('pictures.css')),
    hashed: () => [...files].filter(([, { isImmutable }]) => isImmutable),
  }
}

const MARKUP = ['views', 'src/live', 'src/pages']

async function buildOf(hrefs: readonly string[]): Promise<string> {
  const paths = MARKUP.flatMap((folder) =>
    [...new Bun.Glob('**/*.{ts,tsx}').scanSync(here(folder))].toSorted().map((path) => `${folder}/${path}`),
  )
  const texts = await Promise.all(paths.map((path) => Bun.file(here(path)).text()))
  return Bun.hash([...hrefs.toSorted(), ...paths, ...texts].join('\n')).toString(36)
}

async function bundledScripts() {
  const { outputs } = await Bun.build({
    entrypoints: SCRIPTS.map((name) => here(`static/${name}`)),
    target: 'browser',
    minify: true,
    splitting: true,
    // Shared chunks are named after an entry, whose place they must not take.
    naming: { entry: '[name].[hash].[ext]', chunk: 'shared-[name].[hash].[ext]' },
  })
  return Promise.all(
    outputs.map(async (output) => {
      const hash = output.hash ?? ''
      return { name: basename(output.path).replace(`.${hash}.`, '.'), hash, body: new Uint8Array(await output.arrayBuffer()) }
    }),
  )
}
