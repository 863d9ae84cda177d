import { appendFileSync, cpSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from './ending.ts'

const ROOT = join(import.meta.dir, '../..')

/** The tree of a build that differs in what a page is made of: its style, its script, and a mark in the markup of its foot. */
export function otherBuild(name: string): string {
  const root = temporaryFolder('file')
  for (const part of ['src', 'views', 'static', 'package.json', 'tsconfig.json'])
    cpSync(join(ROOT, part), join(root, part), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'))
  appendFileSync(join(root, 'static/app.css'), `\n:root {\n  --build: ${name};\n}\n`)
  appendFileSync(join(root, 'static/app.js'), `\ndocument.documentElement.dataset.script = '${name}'\n`)
  return root
}
