import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { importCycles, wrongImports } from './import-rules.ts'
import { floorOf, readSources, type SourceFile } from './source-files.ts'
import { commentShare, wrongText } from './text-rules.ts'

const FOLDERS = ['src', 'views', 'static', 'config', 'test', 'docs', 'node_modules', 'coverage']
const FILES = ['bunfig.toml', 'package.json', 'bun.lock', 'tsconfig.json', 'Dockerfile', 'fly.toml', 'README.md', 'CHANGELOG.md']

/** Percent of lines that are comments: less says too little about why, more says the code again. */
const COMMENT_SHARE = { least: 2, most: 6 }

/** Below this many lines a share says nothing. */
const SHARE_MATTERS_FROM_LINES = 1_000

/** Folders beside this one are not ours: what they hold cannot be counted on. */
const OUTSIDE = new RegExp(String.raw`\.\./${'shared'}\b|/${'work'}/`)

function wrongTopLevel(root: string): string[] {
  return readdirSync(root)
    .filter((name) => !name.startsWith('.') && !(statSync(join(root, name)).isDirectory() ? FOLDERS : FILES).includes(name))
    .map((name) => `${name}: the top level is settled, put it in one of its folders`)
}

function outsideReferences(root: string): string[] {
  return [...new Bun.Glob('{src,views,static,test,config,docs}/**/*.{ts,tsx,mjs,js,json,yaml,yml,md,css,sh}').scanSync({ cwd: root })]
    .filter((path) => OUTSIDE.test(readFileSync(join(root, path), 'utf8')))
    .map((path) => `${path}: reads or names a folder outside of this repository`)
}

function wrongCommentShare(sources: SourceFile[]): string[] {
  const lines = sources.reduce((sum, { text }) => sum + text.split('\n').length, 0)
  const share = commentShare(sources)
  if (lines < SHARE_MATTERS_FROM_LINES || (share >= COMMENT_SHARE.least && share <= COMMENT_SHARE.most)) return []
  return [`${share.toFixed(1)} % of the lines are comments: ${COMMENT_SHARE.least} to ${COMMENT_SHARE.most} % is the measure`]
}

/** Everything in a tree that breaks the architecture's rules, one line each. Sizes are the linter's part. */
export function checkArchitecture(root: string): string[] {
  const sources = readSources(root)
  return [
    ...wrongTopLevel(root),
    ...sources.filter(({ isBroken }) => isBroken).map(({ path }) => `${path}: does not parse`),
    ...wrongImports(sources, floorOf),
    ...importCycles(sources),
    ...wrongText(sources),
    ...wrongCommentShare(sources),
    ...outsideReferences(root),
  ]
}
