import { readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

/** `file` is the path from the root, of a file of ours. */
export type Import = { name: string; file: string | undefined; isType: boolean }
export type SourceFile = { path: string; floor: string; text: string; imports: Import[]; isBroken: boolean }

const transpilers = {
  ts: new Bun.Transpiler({ loader: 'ts' }),
  tsx: new Bun.Transpiler({ loader: 'tsx' }),
  mjs: new Bun.Transpiler({ loader: 'js' }),
}

function transpilerOf(path: string) {
  if (path.endsWith('.tsx')) return transpilers.tsx
  return path.endsWith('.mjs') ? transpilers.mjs : transpilers.ts
}

/** `src/live/hub.ts` stands on the floor `live`, `src/main.ts` on `main`, `views/pages/project.tsx` on `views`. */
export function floorOf(path: string): string {
  const [top = '', second = ''] = path.split('/')
  return top === 'src' ? second.replace(/\.[a-z]+$/, '') : top
}

/**
 * What a file imports at run time; the transpiler drops type-only imports, as the runtime does, and adds a JSX runtime
 * that the file does not name.
 */
function runtimeImports(path: string, text: string): Import[] {
  return transpilerOf(path)
    .scanImports(text.replace(/^#!.*/, ''))
    .filter(({ path: name }) => text.includes(`'${name}'`) || text.includes(`"${name}"`))
    .map(({ path: name }) => ({ name, file: fileOf(path, name), isType: false }))
}

const fileOf = (path: string, name: string) => (name.startsWith('.') ? normalize(join(dirname(path), name)) : undefined)

const FROM = /^(?:import|export)\b[^'"]*?\bfrom\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm

/** What a file imports as types alone: what it names and the transpiler drops. */
function typeImports(path: string, text: string, runtime: Import[]): Import[] {
  const names = new Set([...text.matchAll(FROM)].map(([, from, inline]) => from ?? inline ?? ''))
  for (const { name } of runtime) names.delete(name)
  return [...names].map((name) => ({ name, file: fileOf(path, name), isType: true }))
}

function read(root: string, path: string): SourceFile {
  const source = { path, floor: floorOf(path), text: readFileSync(join(root, path), 'utf8') }
  try {
    const runtime = runtimeImports(path, source.text)
    return { ...source, imports: [...runtime, ...typeImports(path, source.text, runtime)], isBroken: false }
  } catch {
    return { ...source, imports: [], isBroken: true }
  }
}

/** The program's own files below a root: what runs on the server. */
export function readSources(root: string): SourceFile[] {
  return [...new Bun.Glob('{src,views}/**/*.{ts,tsx,mjs}').scanSync({ cwd: root })].toSorted().map((path) => read(root, path))
}
