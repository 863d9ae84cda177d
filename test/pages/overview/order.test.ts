import { expect, test } from 'bun:test'
import { inOrder, selectProjects } from '../../../src/pages/overview/selection.ts'
import { blankScene, everyWord } from '../../views/scenes.ts'
import { type Sort, SORTS } from '../../../views/overview/overview-query.ts'

const ordered = [...everyWord(), blankScene()].map(({ summary }) => summary).toSorted(inOrder)
const namesBy = (sort: Sort | undefined) => selectProjects(ordered, { sort, page: 1 }).rows.map(({ project }) => project.name)

test.each([
  [undefined, ['asks', 'blocked', 'failed', 'review', 'silent', 'works', 'waits', 'paused', 'blank', 'idle', 'done']],
  // What nothing is known of comes last.
  ['last_event', ['works', 'waits', 'asks', 'done', 'failed', 'blocked', 'paused', 'idle', 'review', 'silent', 'blank']],
  ['waiting', ['review', 'blocked', 'failed', 'asks', 'silent', 'works', 'waits', 'paused', 'blank', 'idle', 'done']],
  ['age', ['failed', 'silent', 'works', 'waits', 'done', 'review', 'paused', 'idle', 'blocked', 'asks', 'blank']],
  ['name', ['asks', 'blank', 'blocked', 'done', 'failed', 'idle', 'paused', 'review', 'silent', 'waits', 'works']],
] as const)('by %s', (sort, names) => {
  expect(namesBy(sort)).toEqual([...names])
})

test('no order loses a project, and asking for one leaves the kept order alone', () => {
  const before = [...ordered]
  for (const sort of SORTS) expect(namesBy(sort).toSorted()).toEqual(namesBy('name'))
  expect(ordered).toEqual(before)
})
