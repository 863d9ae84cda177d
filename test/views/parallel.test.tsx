import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { ParallelFigures } from '../../views/project/parallel.tsx'

const figuresOf = (data: Record<string, unknown>): string[][] => {
  const html = String(<ParallelFigures parallel={{ data, at: 0, offset: 1 }} now={1_000} />)
  return [...html.matchAll(/<dt><bdi>(.*?)<\/bdi><\/dt><dd><bdi>(.*?)<\/bdi><\/dd>/g)].map(([, name, value]) => [name!, value!])
}

test('what an orchestrator reports shows who holds which lock, what waits for what, and conflicts, before the rest', async () => {
  const frames = await Bun.file(join(import.meta.dir, '../samples/orchestrator-frames.ndjson')).text()
  const frame = frames.split('\n').find((line) => line.includes('"resource_locks"')) ?? '{}'
  const { status_data: data } = JSON.parse(frame) as { status_data: Record<string, unknown> }
  const figures = figuresOf(data)
  expect(figures.slice(0, 6)).toEqual([
    ['resource locking', 'true'],
    ['parallel cycles › story-auth-1 › locked resources', 'src/auth.py'],
    ['parallel cycles › story-auth-2 › locked resources', 'none'],
    ['resource locks', '1'],
    ['cycle dependencies › tdd-cycle-ede52f35', 'tdd-cycle-b9cde90e'],
    ['metrics › resource conflicts', '0'],
  ])
  expect(figures).toContainEqual(['active cycles', '2'])
})

test('a queue stands in its order, and one that is long says how much more there is', () => {
  expect(figuresOf({ queue: ['s-2', 's-3', 7, null] })).toEqual([['queue', 's-2, s-3, 7, null']])
  expect(figuresOf({ queue: [{ story_id: 's-2', position: 1 }, { position: 2 }] })).toEqual([
    ['queue › s-2 › story id', 's-2'],
    ['queue › s-2 › position', '1'],
    ['queue › 2 › position', '2'],
  ])
  expect(figuresOf({ queue: Array.from({ length: 30 }, (_, index) => index) })[0]?.[1]).toEndWith(', 6 more')
})

test('anything may stand in it, and it stays bounded', () => {
  const deep = { a: { b: { c: { d: 1 } } }, lists: [[[1]], [{ x: [{ y: [{ z: 1 }] }] }]] }
  expect(figuresOf(deep).length).toBeLessThanOrEqual(24)
  expect(figuresOf(Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`k${index}`, index]))).length).toBe(24)
})
