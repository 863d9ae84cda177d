const COMMENT = /\/\*[\s\S]*?\*\//g
const IMPORT = /@import '([^']+)'(?: layer\((\w+)\))?;/g
const BREAKPOINT = /@custom-media (--[\w-]+) ([^;]+);/g

/**
 * Joins a stylesheet with the files that it imports, each in the layer that its import names, so that a page takes one request. A bundler
 * would write older CSS (`light-dark()` as variables, `oklch()` as three colours); this only joins: comments and line breaks go, and the
 * names of breakpoints (`@custom-media`), which browsers do not know yet, become what they stand for. Rejects where a file is missing
 * or a breakpoint has no such name.
 */
export async function joinStylesheet(file: URL): Promise<string> {
  const joined = await read(file)
  const breakpoints = new Map([...joined.matchAll(BREAKPOINT)].map(([, name = '', query = '']) => [name, query]))
  const spelledOut = (condition: string) =>
    condition.replace(/\((--[\w-]+)\)/g, (_, name: string) => {
      const query = breakpoints.get(name)
      if (query === undefined) throw new Error(`${file.pathname}: no breakpoint is called ${name}`)
      return query
    })
  return joined.replace(BREAKPOINT, '').replace(/@media[^{]+/g, spelledOut)
}

async function read(file: URL): Promise<string> {
  const text = (await Bun.file(file).text()).replace(COMMENT, '').replace(/\s*\n\s*/g, ' ')
  const imports = await Promise.all([...text.matchAll(IMPORT)].map(([, path = '']) => read(new URL(path, file))))
  return text.replace(IMPORT, (_, __, layer?: string) => {
    const imported = imports.shift() ?? ''
    return layer ? `@layer ${layer} { ${imported} }\n` : imported
  })
}
