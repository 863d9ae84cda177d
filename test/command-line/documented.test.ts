import { describe, expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readCommandLine } from '../../src/config/command-line.ts'

const ROOT = join(import.meta.dir, '../..')
const DOCUMENTS = [
  'README.md',
  'CHANGELOG.md',
  ...readdirSync(join(ROOT, 'docs')).flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : [])),
]

/** Each `npm run visualizer -- …` and `npx visualizer …` of a document, up to its comment or the end of its code. */
function commandsIn(document: string): string[] {
  const text = readFileSync(join(ROOT, document), 'utf8')
  return [...text.matchAll(/(?:npm run visualizer --|npx visualizer) ([^`#\n]+)/g)].map(([, line = '']) => line.trim())
}

const documented = DOCUMENTS.flatMap((document) => commandsIn(document).map((line) => [document, line] as const))

describe('every documented command is one that the program takes:', () => {
  test.each(documented.filter(([, line]) => !line.includes('<command>')))('%s: %s', (_, line) => {
    expect(() => readCommandLine(line.split(/\s+/))).not.toThrow()
  })

  test('and is written in a form that works as pasted', () => {
    for (const document of DOCUMENTS.filter((name) => name !== 'CHANGELOG.md')) {
      const bare = readFileSync(join(ROOT, document), 'utf8').match(/`visualizer [a-z-]+[^`]*`/g) ?? []
      expect([document, bare]).toEqual([document, []])
    }
    expect(documented.length).toBeGreaterThan(5)
  })
})
