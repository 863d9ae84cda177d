import { expect, test } from 'bun:test'
import { WORKFLOW_EDGES, WORKFLOW_STATES } from '../../src/domain/project/workflow-machine.ts'
import { TALL_LAYOUT } from '../../views/diagrams/tall-layout.ts'
import { visitedStates } from '../../views/diagrams/workflow-layout.ts'
import { WIDE_LAYOUT } from '../../views/diagrams/wide-layout.ts'
import { WorkflowCard } from '../../views/project/workflow.tsx'
import { inspect } from './render.ts'
import { NOW, sceneOf } from './scenes.ts'

type Move = [from: string, to: string]

const stateAfter = (moves: Move[]) =>
  sceneOf(
    'p',
    moves.map(([old_state, new_state]) => ({ type: 'workflow_transition', old_state, new_state })),
  ).state.workflow
const cardAfter = (moves: Move[]) => String(<WorkflowCard workflow={stateAfter(moves)} now={NOW} />)
const count = (html: string, part: string) => html.split(part).length - 1

test.each([
  ['wide', WIDE_LAYOUT],
  ['tall', TALL_LAYOUT],
])('the %s drawing has every way from one state to another', (_, layout) => {
  const moves = WORKFLOW_EDGES.filter(({ from, to }) => from !== to).map(({ from, to }) => `${from}>${to}`)
  expect(new Set(layout.edges.map(({ from, to }) => `${from}>${to}`))).toEqual(new Set(moves))
})

test('the ways taken are inked, in both drawings, and the current state is marked once in each', () => {
  const html = cardAfter([
    ['IDLE', 'BACKLOG_READY'],
    ['BACKLOG_READY', 'SPRINT_PLANNED'],
  ])
  expect(count(html, 'class="edge edge--visited"')).toBe(2 * 2)
  expect(count(html, 'node--current')).toBe(2)
  expect(count(html, 'node--visited')).toBe(2 * 3)
  expect(html).not.toContain('edge--unexpected')
})

test('a step that the table does not have is drawn apart', () => {
  const html = cardAfter([['IDLE', 'SPRINT_REVIEW']])
  expect(count(html, 'class="edge edge--unexpected"')).toBe(2)
})

test('where the project came from counts as visited, though nobody saw it stay there', () => {
  expect(visitedStates(stateAfter([['IDLE', 'BACKLOG_READY']]))).toEqual(new Set(['IDLE', 'BACKLOG_READY']))
})

test('a state that nobody knows is named below the drawing', () => {
  expect(inspect(cardAfter([['IDLE', 'HALF_DONE']])).text).toContain('Now in HALF_DONE, a state that the workflow')
})

test('the commands that are allowed now are named, with where they lead', () => {
  const { text } = inspect(cardAfter([['BACKLOG_READY', 'SPRINT_PLANNED']]))
  expect(text).toContain('/sprint start to Active')
  expect(text).toContain('/backlog add_story')
})

test('wire words stand beside the friendly ones', () => {
  const html = cardAfter([])
  for (const state of WORKFLOW_STATES) expect(count(html, `>${state}</text>`)).toBe(2)
})
