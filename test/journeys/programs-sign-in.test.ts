import { beforeAll, describe, expect, test } from 'bun:test'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '../support/ending.ts'
import { eventually } from '../support/eventually.ts'
import { type RunningServer, runProgram, startServer } from '../support/server.ts'
import { makeToken, SIGNED_IN } from '../support/signed-in.ts'
import { startProgram } from '../support/started-program.ts'

let server: RunningServer
let place: { dataDir: string; env: Record<string, string> }
let tokens: { ingest: string; read: string; other: string }

beforeAll(async () => {
  server = await startServer({ env: SIGNED_IN, lifetime: 'file' })
  place = { dataDir: server.dataDir, env: SIGNED_IN }
  const [ingest, read, other] = [
    await makeToken(place, '--scopes', 'ingest', '--projects', 'apollo,demo-*'),
    await makeToken(place, '--scopes', 'read,ingest'),
    await makeToken(place, '--scopes', 'read', '--projects', 'gemini'),
  ]
  tokens = { ingest, read, other }
  expect(await report('apollo', tokens.ingest)).toBe(202)
})

async function report(project: string, token: string): Promise<number> {
  const { status } = await fetch(`${server.url}/api/v1/projects/${project}/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify([{ type: 'x-step', note: 'one small step', id: `${project}-${token.slice(4, 10)}` }]),
  })
  return status
}

const address = (token: string) => ({ VISUALIZER_URL: server.url, VISUALIZER_TOKEN: token })

describe('a program with a token', () => {
  test('reports to its projects alone, and is told the same of every other', async () => {
    expect([await report('apollo', tokens.ingest), await report('gemini', tokens.ingest), await report('nowhere', tokens.ingest)]).toEqual([
      202, 403, 403,
    ])
    expect(await report('apollo', tokens.other)).toBe(403)
  })

  test('tail follows a project with a token that may read it, and says what is missing without one', async () => {
    const tail = startProgram(['tail', 'apollo', '--from', 'beginning', '--json'], { env: address(tokens.read) })
    await tail.says('one small step')
    await tail.end('SIGINT')
    const flag = startProgram(['tail', 'apollo', '--from', 'beginning', '--json', '--url', server.url, '--token', tokens.read])
    await flag.says('one small step')
    await flag.end('SIGINT')
    for (const env of [{ VISUALIZER_URL: server.url }, address(tokens.other), address(`${tokens.read.slice(0, -1)}x`)]) {
      const { exitCode, stdout, stderr } = await runProgram(['tail', 'apollo'], env)
      expect([exitCode, stdout, stderr.includes(tokens.read)]).toEqual([2, '', false])
      expect(stderr).toMatch(/token|no project "apollo"/i)
    }
  })

  test('export writes a replay', async () => {
    const out = join(temporaryFolder(), 'replay.html')
    const { exitCode, stderr } = await runProgram(['export', 'apollo', '--out', out], address(tokens.read))
    expect([exitCode, stderr.includes('token')]).toEqual([0, false])
    expect(readFileSync(out, 'utf8')).not.toContain(tokens.read)
    const refused = await runProgram(['export', 'apollo', '--out', `${out}.2`], address(tokens.other))
    expect([refused.exitCode, existsSync(`${out}.2`)]).toEqual([2, false])
  })

  test('the demo plays into a service that asks who comes', async () => {
    const demo = startProgram(['demo', '--speed', '60', '--projects', '1'], { env: address(tokens.read) })
    const seen = async () => {
      const answer = await fetch(`${server.url}/api/v1/projects`, { headers: { authorization: `Bearer ${tokens.read}` } })
      const { projects } = (await answer.json()) as { projects: { name: string }[] }
      return projects.some(({ name }) => name.startsWith('demo-'))
    }
    await eventually(seen, { withinMs: 30_000, else: () => demo.out() + demo.err() })
    await demo.end('SIGINT')
  })
})
