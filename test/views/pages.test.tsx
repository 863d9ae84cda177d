import { describe, expect, test } from 'bun:test'
import { AttentionCountsBar } from '../../views/overview/attention-counts.tsx'
import { ActivityRow } from '../../views/activity/activity-row.tsx'
import { Agents } from '../../views/agent/agents.tsx'
import { Approvals } from '../../views/project/approvals.tsx'
import { Board } from '../../views/project/board.tsx'
import { CycleCard } from '../../views/project/cycle-card.tsx'
import { ProjectRow } from '../../views/overview/project-row.tsx'
import { SprintCard } from '../../views/project/sprint.tsx'
import { WorkflowCard } from '../../views/project/workflow.tsx'
import { htmlProblems } from '../support/page-quality.ts'
import { countsOf, crowd, overviewOf, PAGES, projectPageOf } from './page-scenes.tsx'
import { inspect } from './render.ts'
import { busyScene, everyWord, hostileScene, NOW } from './scenes.ts'

describe.each(PAGES)('%s', (_, html) => {
  const page = html()
  const found = inspect(page)

  test('is valid HTML', async () => {
    expect(await htmlProblems(page)).toEqual([])
  })

  test('holds nothing that the content security policy would block, and nothing that acts', () => {
    const scripts = found.attributes.filter(({ tag, name }) => tag === 'script' && name === 'src').map(({ value }) => value)
    expect(page.match(/<script\b/g)?.length ?? 0).toBe(scripts.length)
    expect(scripts.every((source) => source.startsWith('/static/'))).toBe(true)
    expect([...found.tags].filter((tag) => ['style', 'iframe', 'img', 'object', 'base'].includes(tag))).toEqual([])
    const acting = found.attributes.filter(({ name }) => name === 'style' || name.startsWith('on') || name.startsWith('hx-on'))
    expect(acting).toEqual([])
    const addresses = found.attributes.filter(({ name }) => ['href', 'action', 'src'].includes(name))
    expect(addresses.filter(({ value }) => !/^(\/|#|https?:)/.test(value))).toEqual([])
  })

  test('names every element once', () => {
    expect(found.ids.filter((id, index) => found.ids.indexOf(id) !== index)).toEqual([])
  })

  test('shows no character that a terminal obeys or that reorders its neighbours', () => {
    expect(page.match(/.{0,60}[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g)).toBeNull()
  })

  test('has one main part, one heading of the first level and one polite live region', () => {
    expect(page.match(/<main\b/g)).toHaveLength(1)
    expect(page.match(/<h1\b/g)).toHaveLength(1)
    expect(found.attributes.filter(({ name }) => name === 'aria-live')).toEqual([{ tag: 'div', name: 'aria-live', value: 'polite' }])
  })
})

test('the tab says how many projects need a person', () => {
  const scenes = [busyScene(), ...everyWord()]
  expect(overviewOf(scenes)).toContain('<title>(5) Projects · Visualizer</title>')
  expect(overviewOf(everyWord().slice(5))).toContain('<title>Projects · Visualizer</title>')
})

test('the theme of the cookie is on the document, and none follows the system', () => {
  expect(projectPageOf(busyScene())).toContain('<html lang="en" data-theme="dark">')
  expect(overviewOf([])).toContain('<html lang="en">')
})

test('a fragment alone is the same as on its page', () => {
  const scene = busyScene()
  const { state, events, summary } = scene
  const page = projectPageOf(scene)
  const looked = { now: NOW, staleMinutes: 10 }
  const fragments = [
    <WorkflowCard workflow={state.workflow} now={NOW} />,
    <SprintCard state={state} {...looked} />,
    <Approvals state={state} now={NOW} />,
    <Board project={scene.project.name} state={state} {...looked} />,
    <CycleCard project={scene.project.name} cycle={state.cycles.get('s-2')!} state={state} {...looked} />,
    <Agents project={scene.project.name} state={state} {...looked} />,
    <ActivityRow project={scene.project.name} event={events.at(-1)!} now={NOW} />,
    <AttentionCountsBar counts={countsOf([scene])} />,
  ]
  for (const fragment of fragments) expect(page).toContain(String(fragment))
  expect(overviewOf([scene])).toContain(String(<ProjectRow summary={summary} now={NOW} pin="free" />))
})

test('of many projects one page is shown, with the way to the others', () => {
  const page = overviewOf(crowd(60), { page: 2, attention: 'working' }, 214)
  expect(page).toContain('61 to 120 of 214')
  expect(page).toContain('href="/?attention=working"')
  expect(page).toContain('href="/?attention=working&amp;page=3"')
})

test('the activity is newest first and bounded, keyed by offset', () => {
  const scene = hostileScene()
  const rows = [...projectPageOf({ ...scene, events: scene.events.toReversed() }).matchAll(/data-offset="(\d+)"/g)].map(([, offset]) =>
    Number(offset),
  )
  expect(rows).toEqual(scene.events.map(({ offset }) => offset).toReversed())
})
