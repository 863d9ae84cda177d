import { expect, test } from 'bun:test'
import { ProjectRow } from '../../views/overview/project-row.tsx'
import { inspect } from './render.ts'
import { busyScene, COMMAND, everyWord, hostileScene, NOW, type Scene, sceneOf } from './scenes.ts'

const row = ({ summary }: Scene) => String(<ProjectRow summary={summary} now={NOW} pin="free" />)
const textOf = (scene: Scene) => inspect(row(scene)).text.replace(/\s+/g, ' ')
const named = (name: string) => everyWord().find(({ project }) => project.name === name)!

test('an open question grows its row by the command, with both of its ends', () => {
  const text = textOf(busyScene())
  expect(text).toContain('QAAgent asks: run a command on staging')
  expect(text).toContain('psql "$STAGING_URL"')
  expect(text).toMatch(/\d+ more characters/)
  expect(text).toContain('--truncate --yes')
  expect(text).not.toContain(COMMAND)
})

test('what is risky in a command stands out', () => {
  expect(row(busyScene())).toContain('<strong class="risky">--truncate</strong>')
})

test('a question without a command is asked in its own words', () => {
  expect(textOf(named('asks'))).toContain('DesignAgent asks')
  expect(row(named('asks'))).toContain('Which version?')
})

test('no button pretends to answer', () => {
  const { attributes } = inspect(row(busyScene()))
  expect(attributes.filter(({ name }) => name === 'form')).toEqual([{ tag: 'button', name: 'form', value: 'pins-form' }])
  expect(attributes.some(({ name, value }) => name === 'href' && value === '/projects/payments-api#approvals')).toBe(true)
})

test('the wait of a person stands apart from the age, and is empty where nobody waits', () => {
  expect(row(busyScene())).toMatch(/row__waiting.*?data-form="waiting">2 min 00 s</s)
  expect(row(named('works'))).toContain('<div class="row__waiting"></div>')
})

test('a row says what is done and for how long, and does not say "working" twice', () => {
  const scene = sceneOf('one', [
    {
      type: 'agent_activity',
      at: NOW - 372_000,
      agent_id: 'a',
      agent_type: 'CodeAgent',
      action: 'x',
      tool: 'Bash',
      detail: 'npm test',
      status: 'started',
    },
  ])
  expect(textOf(scene)).toMatch(/Working.*npm test for 6 min 12 s/)
  expect(textOf(scene).match(/working/gi)).toHaveLength(1)
})

test('hostile text neither adds an element nor leaves its place', () => {
  const { tags, attributes, text } = inspect(row(hostileScene()))
  expect([...tags].filter((tag) => !['li', 'svg', 'path', 'circle', 'rect'].includes(tag)).toSorted()).toEqual(
    ['a', 'bdi', 'button', 'code', 'div', 'h2', 'p', 'span', 'strong', 'time'].filter((tag) => tags.has(tag)),
  )
  expect(attributes.filter(({ name }) => name.startsWith('on'))).toEqual([])
  expect(text.length).toBeLessThan(1500)
})
