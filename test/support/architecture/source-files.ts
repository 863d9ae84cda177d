import { readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

export type Import = { name: string; /** Path from the root where it is a file of ours. */ file: string | undefined }
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
    .map(({ path: name }) => ({ name, file: name.startsWith('.') ? normalize(join(dirname(path), name)) : undefined }))
}

function read(root: string, path: string): SourceFile {
  const source = { path, floor: floorOf(path), text: readFileSync(join(root, path), 'utf8') }
  try {
    return { ...source, imports: runtimeImports(path, source.text), isBroken: false }
  } catch {
    return { ...source, imports: [], isBroken: true }
  }
}

/** The program's own files below a root: what runs on the server. */
export function readSources(root: string): SourceFile[] {
  return [...new Bun.Glob('{src,views}/**/*.{ts,tsx,mjs}').scanSync({ cwd: root })].toSorted().map((path) => read(root, path))
}
