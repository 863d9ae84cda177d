import { expect, test } from 'bun:test'
import { ProjectList } from '../../views/overview/project-list.tsx'
import { everyWord, NOW } from './scenes.ts'

const rows = everyWord().map(({ summary }) => summary)
const listOf = (attention?: 'done') =>
  String(<ProjectList rows={rows} total={rows.length} query={{ page: 1, ...(attention ? { attention } : {}) }} now={NOW} />)
/** Names in what is folded away, and in what is not. */
function split(html: string) {
  const named = (part: string) => [...part.matchAll(/href="\/projects\/([\w-]+)"/g)].map(([, name]) => name)
  const [before = '', folded = ''] = html.split('<details')
  return { shown: named(before), folded: named(folded), isOpen: /^[^>]*\bopen\b/.test(folded) }
}

test('what is done folds into a line that counts it; what failed, and all else, never folds', () => {
  const { shown, folded, isOpen } = split(listOf())
  const done = rows.filter(({ attention }) => attention.word === 'done').map(({ project }) => project.name)
  expect(done.length).toBeGreaterThan(0)
  expect([folded, isOpen]).toEqual([done, false])
  expect(shown.toSorted()).toEqual(
    rows
      .map(({ project }) => project.name)
      .filter((name) => !done.includes(name))
      .toSorted(),
  )
  expect(listOf()).toContain(`${done.length} more, done`)
})

test('who asks for what is done sees it unfolded', () => {
  expect(split(listOf('done')).isOpen).toBe(true)
})
