import { describe, expect, test } from 'bun:test'
import { newProject } from '../../src/domain/registry/project-registry.ts'
import { emptyProject } from '../../src/domain/project/project.ts'
import { summarize } from '../../src/domain/summary/project-summary.ts'
import type { LiveFrame } from '../../src/live/frame.ts'
import type { Shown } from '../../src/live/live-page.ts'
import { agentPage, storyPage } from '../../src/pages/story-and-agent.tsx'
import { MINUTE, numbered, T0, told } from '../support/told.ts'

type Reports = Parameters<typeof told>[0]

const STORY = (first: Shown) => storyPage.open(first, 'S-1', now)
const AGENT = (first: Shown) => agentPage.open(first, 'code-7', now)
const now = () => T0 + 60 * MINUTE
const step = (story_id: string, new_state: string) => ({ type: 'tdd_transition', story_id, new_state })
const work = (agent_id: string, fields: object = {}) => ({
  ...{ type: 'agent_activity', agent_id, agent_type: 'CodeAgent', action: 'work', status: 'started' },
  ...fields,
})
const note = { type: 'chat_message', message: 'note', user_id: 'mara' }
const BEGIN = [step('S-1', 'test_red'), work('code-7', { story_id: 'S-1' })]

/** A page that was opened after the beginning, and goes through what is reported then. */
function opened(open: typeof STORY) {
  let state = told(BEGIN)
  let recent = numbered(BEGIN, emptyProject())
  const project = newProject('apollo')
  const shown = (): Shown => {
    const summary = summarize({ project, state, epoch: 'e1', now: now(), staleMinutes: 5 })
    return { project, summary, view: { epoch: 'e1', state, recent } }
  }
  const page = open(shown())
  return {
    /** Whether it wants to be flushed, and the frame. */
    take(reports: Reports): { isTaken: boolean; frame: LiveFrame | undefined } {
      recent = [...recent, ...numbered(reports, state)].slice(-50)
      state = told(reports, state)
      const { project, summary, view } = shown()
      const isTaken = page.take({ project, summary, view, before: undefined, isGone: false })
      // As the feed does: what takes no part in a page is not flushed.
      const frame = isTaken ? page.flush() : undefined
      return { isTaken, frame: frame === undefined ? undefined : (JSON.parse(frame) as LiveFrame) }
    },
  }
}

const idsIn = (frame: LiveFrame | undefined) => [...(frame?.content ?? '').matchAll(/<hx-partial id="([^"]+)"/g)].map(([, id]) => id)

describe('the page of a story', () => {
  test.each([
    ['a word between people', [note]],
    ['a step of another story', [step('S-2', 'test_red')]],
    ['a step of a story whose id differs in case', [step('s-1', 'code_green')]],
    ['work on another story', [work('code-8', { story_id: 'S-2' })]],
  ])('is not rendered for %s', (_, reports) => {
    expect(opened(STORY).take(reports)).toEqual({ isTaken: false, frame: undefined })
  })

  test('sends what its own step changed, and the row that tells of it', () => {
    const { isTaken, frame } = opened(STORY).take([note, step('S-1', 'code_green')])
    expect(isTaken).toBe(true)
    expect(idsIn(frame)).toEqual(['part-head', 'part-phases'])
    expect(frame?.content).toContain('<hx-upsert hx-target="#part-event-list"')
    expect(frame?.content.match(/data-offset="\d+"/g)).toEqual(['data-offset="4"'])
  })

  test('keeps its list through whatever others do meanwhile', () => {
    const page = opened(STORY)
    for (let index = 0; index < 120; index++) expect(page.take([note])).toEqual({ isTaken: false, frame: undefined })
    const { frame } = page.take([step('S-1', 'code_green')])
    expect(idsIn(frame)).toEqual(['part-head', 'part-phases'])
    expect(frame?.content.match(/data-offset="\d+"/g)).toEqual(['data-offset="123"'])
  })

  test('says so when a burst was longer than what is at hand', () => {
    const burst = [step('S-1', 'code_green'), ...Array.from({ length: 60 }, () => note), step('S-1', 'refactor')]
    const { frame } = opened(STORY).take(burst)
    expect(idsIn(frame)).toContain('part-gap')
    expect(idsIn(frame)).not.toContain('part-event-list')
    expect(frame?.content.match(/data-offset="\d+"/g)).toEqual(['data-offset="64"'])
  })

  test('sends who works on it when that changes', () => {
    expect(idsIn(opened(STORY).take([work('code-9', { story_id: 'S-1' })]).frame)).toContain('part-work')
  })
})

describe('the page of an agent', () => {
  test('is not rendered for what others do alone, but for its family', () => {
    const others = [note, step('S-1', 'code_green'), work('other'), work('of-other', { parent_agent_id: 'other' })]
    expect(opened(AGENT).take(others)).toEqual({ isTaken: false, frame: undefined })
    expect(idsIn(opened(AGENT).take([work('test-1', { parent_agent_id: 'code-7' })]).frame)).toEqual(['part-family'])
  })

  test('sends the tool that it uses now', () => {
    const { frame } = opened(AGENT).take([work('code-7', { tool: 'Bash', detail: { command: 'npm run all-of-it' } })])
    expect(idsIn(frame)).toEqual(['part-head', 'part-work', 'part-family'])
    expect(frame?.content).toContain('npm run all-of-it')
  })
})
