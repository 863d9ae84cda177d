import { expect, test } from 'bun:test'
import { ATTENTION_ORDER } from '../../src/domain/summary/attention.ts'
import { WORKFLOW_STATES } from '../../src/domain/project/workflow-machine.ts'
import { AttentionMark } from '../../views/atoms/state-badge.tsx'
import { ATTENTION_LOOKS, workflowLook } from '../../views/atoms/state-look.ts'
import { inspect } from './render.ts'
import { everyWord, NOW } from './scenes.ts'

test('the scenes show every word once', () => {
  expect(everyWord().map(({ summary }) => summary.attention.word)).toEqual([...ATTENTION_ORDER])
})

test.each(everyWord().map((scene) => [scene.summary.attention.word, scene] as const))('%s has a shape and a word', (word, { summary }) => {
  const html = String(<AttentionMark attention={summary.attention} now={NOW} />)
  const { tags, text, attributes } = inspect(html)
  expect(text).toStartWith(ATTENTION_LOOKS[word].word)
  expect(tags).toContain('svg')
  expect([...tags].some((tag) => ['path', 'circle', 'rect'].includes(tag))).toBe(true)
  expect(attributes.find(({ name }) => name === 'class')?.value).toContain(`tone-${ATTENTION_LOOKS[word].tone}`)
})

test('no two words share shape and colour, except blocked and failed, which are one octagon', () => {
  const looks = ATTENTION_ORDER.filter((word) => word !== 'failed').map((word) => ATTENTION_LOOKS[word])
  expect(new Set(looks.map(({ shape }) => shape)).size).toBe(looks.length)
})

test('silence says for how long', () => {
  const silent = everyWord().find(({ project }) => project.name === 'silent')
  expect(inspect(<AttentionMark attention={silent!.summary.attention} now={NOW} />).text).toBe('Silent for 23 min')
})

test('every workflow state has a shape of its own, and an unknown one shows as itself', () => {
  expect(new Set(WORKFLOW_STATES.map((state) => workflowLook(state).shape)).size).toBe(WORKFLOW_STATES.length)
  expect(workflowLook('HALF_DONE')).toEqual({ word: 'HALF_DONE', shape: 'question', tone: 'idle' })
  expect(workflowLook('constructor').shape).toBe('question')
})

test('the stylesheet has all four colours of every tone', async () => {
  const css = await Bun.file(new URL('../../static/tokens.css', import.meta.url)).text()
  const tones = new Set([
    ...ATTENTION_ORDER.map((word) => ATTENTION_LOOKS[word].tone),
    ...WORKFLOW_STATES.map((state) => workflowLook(state).tone),
  ])
  for (const tone of tones) {
    for (const token of [tone, `${tone}-mark`, `${tone}-tint`, `${tone}-edge`]) expect(css).toContain(`--${token}: `)
    expect(css).toContain(`.tone-${tone} {`)
  }
})
