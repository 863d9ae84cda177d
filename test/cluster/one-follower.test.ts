import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { z } from 'zod'
import type { Key } from '../../src/key-value/key-value.ts'
import { openSqliteKeyValue } from '../../src/key-value/sqlite.ts'
import { endAfter, temporaryFolder } from '../support/ending.ts'
import { eventually } from '../support/eventually.ts'
import { eventsOf, freeze, startTwo, TAKEOVER_MS } from '../support/two-servers.ts'
import { startOrchestrator } from '../support/orchestrator.ts'
import { call } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'

const LEASE: Key = ['lease', 'orchestrator', 'main']
const STATES = ['design', 'test_red', 'code_green', 'refactor', 'commit']

/** Two servers, and an orchestrator whose stories move on whenever it is told to. */
async function setting() {
  const orchestrator = await startOrchestrator()
  const fleet = await startTwo(`orchestrators:\n  main: { url: "${orchestrator.url}", projects: [apollo] }\n`)
  await orchestrator.until(() => orchestrator.connected() === 1)
  const moves: string[] = []
  return {
    ...fleet,
    orchestrator,
    /** A story goes through its states, each of which is broadcast to whoever is connected. */
    work(story: string) {
      for (const [index, state] of STATES.entries()) {
        orchestrator.transition('apollo', story, [STATES[index - 1] ?? null, state])
        moves.push(`${story} ${state}`)
      }
    },
    moves,
  }
}

async function movesIn(server: RunningServer): Promise<string[]> {
  const events = await eventsOf(server, 'apollo')
  return events.filter(({ type }) => type === 'tdd_transition').map((event) => `${String(event['story_id'])} ${String(event['new_state'])}`)
}

const hasAll = (server: RunningServer, moves: string[]) =>
  eventually(async () => (await movesIn(server)).length >= moves.length, { withinMs: TAKEOVER_MS })

/** Waits until /ready warns of exactly these, each by some of its words. */
const warns = (server: RunningServer, words: string[]) =>
  eventually(
    async () => {
      const { warnings } = z.object({ warnings: z.array(z.string()) }).parse((await call(server, '/ready')).body)
      return warnings.length === words.length && words.every((some, index) => warnings[index]?.includes(some))
    },
    { withinMs: TAKEOVER_MS },
  )

describe('an orchestrator', () => {
  test('is followed by one of two servers, and both show how its link stands', async () => {
    const { servers, orchestrator, work, moves } = await setting()
    for (const server of servers) await warns(server, [])
    work('story-1')
    for (const server of servers) {
      await hasAll(server, moves)
      expect(await movesIn(server)).toEqual(moves)
      const page = async () => (await fetch(server.url)).text()
      await eventually(async () => /Connected[\s\S]*?[1-9]\d* frames/.test(await page()))
    }
    expect(orchestrator.connections()).toBe(1)
    await orchestrator.stop()
    for (const server of servers) await warns(server, ['orchestrator main: '])
  }, 60_000)

  test('is followed by the other when its follower is killed, and nothing that it told meanwhile is lost or counted twice', async () => {
    const { ownerOf, orchestrator, work, moves } = await setting()
    const { owner, other } = await ownerOf(LEASE)
    work('story-1')
    await hasAll(other, moves)
    work('story-2')
    await owner.kill()
    work('story-3')
    await eventually(() => orchestrator.connections() === 2, { withinMs: TAKEOVER_MS })
    work('story-4')
    await hasAll(other, moves)
    expect(await movesIn(other)).toEqual(moves)
    expect((await ownerOf(LEASE)).owner).toBe(other)
    await owner.restart()
    work('story-5')
    await hasAll(owner, moves)
    expect(await movesIn(owner)).toEqual(moves)
    expect(orchestrator.connections()).toBe(2)
  }, 90_000)

  test('passes on at once when its follower is stopped in an orderly way', async () => {
    const { ownerOf, orchestrator, shared } = await setting()
    const { owner, other } = await ownerOf(LEASE)
    const pid = String(owner.pid())
    await owner.stop()
    // Given up, not run out: it could be had by anybody.
    expect((await shared.get(LEASE))?.split(' ')[2]).not.toBe(pid)
    await eventually(() => orchestrator.connections() === 2, { withinMs: TAKEOVER_MS })
    expect((await ownerOf(LEASE)).owner).toBe(other)
  }, 60_000)

  test('that two follow for a moment, because one was frozen, is counted once', async () => {
    const { ownerOf, orchestrator, work, moves } = await setting()
    const { owner, other } = await ownerOf(LEASE)
    work('story-1')
    await hasAll(other, moves)
    const frozen = freeze(owner)
    work('story-2')
    await eventually(() => orchestrator.connections() === 2, { withinMs: TAKEOVER_MS })
    work('story-3')
    await hasAll(other, moves)
    expect(orchestrator.connected()).toBe(2)
    frozen.goOn()
    work('story-4')
    await orchestrator.until(() => orchestrator.connected() === 1)
    work('story-5')
    await hasAll(owner, moves)
    await hasAll(other, moves)
    expect(await movesIn(owner)).toEqual(moves)
    expect((await ownerOf(LEASE)).owner).toBe(other)
  }, 90_000)

  test('that nobody follows is said to be so, and what was told of it is believed only when it makes sense', async () => {
    const orchestrator = await startOrchestrator()
    const dataDir = temporaryFolder()
    const shared = openSqliteKeyValue({ file: join(dataDir, 'shared.sqlite') })
    endAfter('test', () => shared.close())
    await shared.acquire([LEASE], 'another', 60_000)
    const server = await startServer({ config: `orchestrators:\n  main: { url: "${orchestrator.url}" }\n`, dataDir })
    await warns(server, ['orchestrator main: no worker follows it yet'])
    expect(await (await fetch(server.url)).text()).toContain('Not followed')
    const counts = { since: 1, attempts: 1, framesTotal: 7, refused: 0, errorAnswers: 0, framesWaiting: 0, droppedProjects: [] }
    await shared.set(['link-health', 'main'], JSON.stringify({ ...counts, state: 'waiting', lastProblem: 'gone for lunch' }))
    await warns(server, ['orchestrator main: gone for lunch'])
    await shared.set(['link-health', 'main'], JSON.stringify({ ...counts, state: 'connected', framesTotal: '<script>' }))
    await warns(server, ['orchestrator main: no worker follows it yet'])
    await shared.set(['link-health', 'main'], JSON.stringify({ ...counts, state: 'connected', url: 'ws://user:pass@elsewhere' }))
    await warns(server, [])
    const page = await (await fetch(server.url)).text()
    expect(page).toContain(orchestrator.url.replace(/\/$/, ''))
    expect(page).not.toContain('elsewhere')
    expect(orchestrator.connections()).toBe(0)
    await shared.release([LEASE], 'another')
    await eventually(() => orchestrator.connections() === 1)
  }, 60_000)

  test('is followed by one of the workers that share a port, and by another when that one is killed', async () => {
    const orchestrator = await startOrchestrator()
    const config = `orchestrators:\n  main: { url: "${orchestrator.url}", projects: [apollo] }\n`
    const server = await startServer({ config, env: { WORKERS: '2' } })
    const shared = openSqliteKeyValue({ file: join(server.dataDir, 'shared.sqlite') })
    endAfter('test', () => shared.close())
    await orchestrator.until(() => orchestrator.connected() === 1)
    orchestrator.transition('apollo', 'story-1', [null, 'design'])
    await hasAll(server, ['story-1 design'])
    const pid = Number((await shared.get(LEASE))?.split(' ')[2])
    expect(pid).not.toBe(server.pid())
    process.kill(pid, 'SIGKILL')
    orchestrator.transition('apollo', 'story-1', ['design', 'test_red'])
    await eventually(() => orchestrator.connections() === 2, { withinMs: TAKEOVER_MS })
    await hasAll(server, ['story-1 design', 'story-1 test_red'])
    expect(await movesIn(server)).toEqual(['story-1 design', 'story-1 test_red'])
    expect(orchestrator.connections()).toBe(2)
  }, 60_000)
})
