import { describe, expect, test } from 'bun:test'
import { removalProblem } from '../../src/config/removal.ts'
import { newProject } from '../../src/domain/registry/project-registry.ts'
import { load } from './support.ts'

const named = (count: number, prefix = 'p') => Array.from({ length: count }, (_, index) => `${prefix}${index}`)
const wanting = (names: string[], allowRemoval = false) => ({ projects: names.map(newProject), allowRemoval })

describe('a configuration that would archive', () => {
  test.each([
    ['the only project', named(1), []],
    ['all of three', named(3), []],
    ['all of three for three others', named(3), named(3, 'q')],
    ['six of ten', named(10), named(4)],
    ['six of ten for six others', named(10), [...named(4), ...named(6, 'q')]],
    ['all of twelve', named(12), named(20, 'q')],
  ])('%s is refused, unless it says that this is meant', (_, before, after) => {
    expect(removalProblem(before, wanting(after))).toContain('allow_removal: true')
    expect(removalProblem(before, wanting(after, true))).toBeUndefined()
  })

  test.each([
    ['nothing of nothing', [], []],
    ['nothing, and adds many', named(2), named(20)],
    ['one that another follows', ['apollo'], ['gemini']],
    ['eight of nine', named(9), named(1)],
    ['half of ten', named(10), named(5)],
    ['nothing but letters in another case', ['Apollo', 'Gemini'], ['apollo', 'GEMINI']],
  ])('%s is taken', (_, before, after) => {
    expect(removalProblem(before, wanting(after))).toBeUndefined()
  })

  test('names some of them, and how many', () => {
    expect(removalProblem(named(12), wanting([]))).toContain('all of 12 projects (p0, p1, p2 and 9 more)')
    expect(removalProblem(named(12), wanting(named(2)))).toContain('10 of 12 projects (p2, p3, p4 and 7 more)')
    expect(removalProblem(['apollo'], wanting([]))).toContain('the only project (apollo)')
  })
})

describe('check-config', () => {
  test.each(['', '# nothing but a word\n', '---\n', '{}\n'])('warns of a file that says nothing: %j', (yaml) => {
    expect(load({ yaml }).warnings).toEqual([expect.stringContaining('is empty')])
  })

  test('warns as long as a file may remove projects, and refuses what is neither yes nor no', () => {
    expect(load({ yaml: 'allow_removal: true' }).warnings).toEqual([expect.stringMatching(/^orch-config.yaml:1:16 allow_removal: stands/)])
    expect(load({ yaml: 'allow_removal: false' }).warnings).toEqual([])
    expect(load({ yaml: 'allow_removal: perhaps' }).problems).toEqual([expect.stringContaining('allow_removal: expected true or false')])
  })
})
