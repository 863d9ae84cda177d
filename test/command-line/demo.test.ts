import { describe, expect, test } from 'bun:test'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '../support/ending.ts'
import { eventually } from '../support/eventually.ts'
import { freePort } from '../support/ports.ts'
import { runProgram, startServer } from '../support/server.ts'
import { startOnTerminal, startProgram } from '../support/started-program.ts'

type Listed = { name: string; attention: { word: string }; workflow_state: string }
type Told = { offset: number; id: string; type: string; timestamp: string; received_at: string }

const read = async (url: string): Promise<unknown> => (await fetch(url)).json()
const projectsAt = async (url: string) => ((await read(`${url}/api/v1/projects`)) as { projects: Listed[] }).projects
const eventsOf = async (url: string, name: string) =>
  ((await read(`${url}/api/v1/projects/${name}/events?limit=1000`)) as { events: Told[] }).events

const report = (url: string, name: string, event: object) =>
  fetch(`${url}/api/v1/projects/${name}/events`, {
    method: 'POST',
    body: JSON.stringify(event),
    headers: { 'content-type': 'application/json' },
  })

describe('visualizer demo --serve', () => {
  test('serves its own hour, whatever is installed here, and leaves nothing behind', async () => {
    const [folder, cwd, port] = [temporaryFolder(), temporaryFolder(), await freePort()]
    writeFileSync(join(cwd, 'orch-config.yaml'), 'projects: { mine: { path: . } }\n')
    mkdirSync(join(cwd, '.data'))
    const env = { TMPDIR: folder, PORT: '1', DATA_DIR: join(cwd, '.data'), ORCH_CONFIG: join(cwd, 'none.yaml'), WORKERS: 'many' }
    const demo = startProgram(['demo', '--serve', '--port', String(port), '--speed', '60'], { env, cwd })
    const url = `http://localhost:${port}`
    await demo.says(url)
    await demo.says('demo-payments-api     QAAgent asks: run the ledger migration on staging? (pay-118)')
    const projects = await eventually(async () => {
      const all = await projectsAt(url)
      return all.length === 6 && all
    })
    for (const { name } of projects) expect(name).toStartWith('demo-')
    const words = new Set<string>()
    await eventually(
      async () => {
        for (const { attention } of await projectsAt(url)) words.add(attention.word)
        return ['in_review', 'stale', 'paused', 'working'].every((word) => words.has(word))
      },
      { withinMs: 20_000 },
    )
    expect(readdirSync(folder)).toHaveLength(1)
    expect(await demo.end('SIGINT')).toBe(0)
    expect(demo.out()).toContain('of the hour played')
    expect(demo.err()).toBe('')
    expect([readdirSync(folder), readdirSync(join(cwd, '.data'))]).toEqual([[], []])
  }, 60_000)

  test('listens where PORT says, and the flag comes before it', async () => {
    const [port, other] = [await freePort(), await freePort()]
    const byVariable = startProgram(['demo', '--serve', '--speed', '60', '--projects', '1'], { env: { PORT: String(port) } })
    await byVariable.says(`http://localhost:${port}`)
    const byFlag = startProgram(['demo', '--serve', '--port', String(other), '--projects', '1'], { env: { PORT: String(port) } })
    await byFlag.says(`http://localhost:${other}`)
    expect([await byVariable.end('SIGINT'), await byFlag.end('SIGINT')]).toEqual([0, 0])
    const { exitCode, stderr } = await runProgram(['demo', '--serve'], { PORT: 'http' })
    expect([exitCode, stderr]).toEqual([2, 'visualizer: PORT must be a whole number from 0 to 65535, not "http"\n'])
  }, 60_000)

  test('says so when its port is taken', async () => {
    const port = await freePort()
    await using _taken = Bun.serve({ port, hostname: 'localhost', fetch: () => new Response() })
    const { exitCode, stderr } = await runProgram(['demo', '--serve', '--port', String(port)])
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(`port ${port} on localhost is taken`)])
  })
})

describe('visualizer demo, into a running service', () => {
  test('plays on after an outage, with every event once and in order, and closes what is open at its end', async () => {
    const server = await startServer()
    const demo = startProgram(['demo', '--url', `${server.url}/`, '--speed', '60', '--projects', '2'])
    await demo.says('run the ledger migration on staging?')
    await server.kill()
    await demo.says('what happens waits until it is back')
    await server.restart()
    await demo.says('is back, and was told what it missed')
    await demo.says('CI failed')
    expect(await demo.end('SIGTERM')).toBe(0)
    const names = ['demo-payments-api', 'demo-search-index']
    for (const name of names) {
      const ids = (await eventsOf(server.url, name)).map(({ id }) => id).filter((id) => !id.includes(':end-'))
      const run = ids[0]!.split(':').slice(0, 3).join(':')
      expect(ids).toEqual(ids.map((_, index) => `${run}:${index}`))
    }
    const words = (await projectsAt(server.url)).map(({ attention }) => attention.word)
    for (const word of words) expect(['idle', 'done']).toContain(word)
  }, 60_000)

  test('stamps what happens with the time at which it happens', async () => {
    const server = await startServer()
    const demo = startProgram(['demo', '--url', server.url, '--speed', '60', '--projects', '2'])
    await demo.says('Cycle finished (srch-57)')
    await demo.end('SIGINT')
    for (const { timestamp, received_at: receivedAt } of await eventsOf(server.url, 'demo-payments-api')) {
      expect(Math.abs(Date.parse(receivedAt) - Date.parse(timestamp))).toBeLessThan(5_000)
    }
  }, 60_000)

  test('leaves a project alone that holds real work, and writes nowhere then', async () => {
    const server = await startServer()
    await report(server.url, 'demo-search-index', { type: 'chat_message', message: 'our own search index' })
    const { exitCode, stdout, stderr } = await runProgram(['demo', '--url', server.url])
    expect([exitCode, stdout]).toEqual([2, ''])
    expect(stderr).toBe(
      `visualizer: demo-search-index at ${server.url} holds events that no demo reported (chat_message at offset 1): it is left alone; visualizer demo --serve brings a service of its own\n`,
    )
    expect((await projectsAt(server.url)).map(({ name }) => name)).toEqual(['demo-search-index'])
  })

  test('goes on in the projects of an earlier demo, with what people answered there', async () => {
    const server = await startServer()
    const run = async (seed: string) => {
      const demo = startProgram(['demo', '--url', server.url, '--speed', '60', '--projects', '1', '--seed', seed])
      await demo.says('QAAgent asks')
      expect(await demo.end('SIGINT')).toBe(0)
    }
    await run('1')
    await report(server.url, 'demo-payments-api', { type: 'approval_resolved', approval_id: 'a', decision: 'allow', by: 'me' })
    await run('2')
    const types = (await eventsOf(server.url, 'demo-payments-api')).map(({ type }) => type)
    expect(types.filter((type) => type === 'x-demo')).toHaveLength(2)
  }, 60_000)

  test('says what to do when nothing answers', async () => {
    const port = await freePort()
    const { exitCode, stderr } = await runProgram(['demo'], { VISUALIZER_URL: `http://localhost:${port}` })
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(
      new RegExp(
        `^visualizer: nothing answers at http://localhost:${port} \\(\\w+\\): start it with visualizer serve, or try visualizer demo --serve, which brings its own\n$`,
      ),
    )
  })

  test.each([
    ['another program', 200, '<h1>hello</h1>', 'is not this service: it gives no JSON; name another with --url'],
    ['another API', 200, '{"status":"ok"}', 'is not this service; name another with --url'],
    ['a refused token', 401, '{"error":"who?","code":"UNAUTHENTICATED"}', 'does not know who this is: set VISUALIZER_TOKEN'],
    ['a viewer without the right', 403, '{"error":"viewers only read","code":"PERMISSION_DENIED"}', 'refused: viewers only read'],
  ])('says what is wrong with %s', async (_, status, body, words) => {
    const seen: (string | null)[] = []
    await using other = Bun.serve({
      port: await freePort(),
      hostname: 'localhost',
      fetch(request) {
        seen.push(request.headers.get('authorization'))
        return new Response(body, { status })
      },
    })
    const { exitCode, stderr } = await runProgram(['demo', '--url', `http://localhost:${other.port}`], { VISUALIZER_TOKEN: 'hidden-word' })
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(words)])
    expect(stderr).not.toContain('hidden-word')
    expect(seen).toEqual(['Bearer hidden-word'])
  })
})

describe('a demo that cannot be understood is one line and exit code 2:', () => {
  test.each([
    [['--speed', '0.5'], '--speed must be 1 to 60, not "0.5"'],
    [['--projects=9'], '--projects must be a whole number from 1 to 8, not "9"'],
    [['--seed', 'x'], '--seed must be a whole number from 0 to 4294967295, not "x"'],
    [['--url', 'localhost:5000'], '--url must be an address like http://localhost:5000'],
    [['--url', 'http://me:pass@host'], '--url must not hold a name or password; use --token or VISUALIZER_TOKEN'],
    [['--serve', '--url', 'http://host'], '--serve starts a service of its own; leave it out to play into the one at --url'],
    [['--port', '1'], '--port goes with --serve; --url says where a running service is'],
    [['--data-dir', 'x'], 'demo takes no flag "--data-dir"; see visualizer demo --help'],
    [['now'], 'demo takes no argument "now"; see visualizer demo --help'],
  ])('%p says: %s', async (args, line) => {
    expect(await runProgram(['demo', ...args])).toEqual({ exitCode: 2, stdout: '', stderr: `visualizer: ${line}\n` })
  })
})

test('visualizer demo --help names its flags, its variables and its ends', async () => {
  const { stdout } = await runProgram(['demo', '--help'])
  for (const word of ['--serve', '--speed', '--projects', '--seed', 'VISUALIZER_TOKEN', 'Ctrl-C', 'Exit code'])
    expect(stdout).toContain(word)
  for (const word of ['--data-dir', 'REDIS_URL']) expect(stdout).not.toContain(word)
})

test('on a terminal a line of progress stays below what is told, and Ctrl-C ends it with a summary', async () => {
  const server = await startServer()
  const demo = startOnTerminal(['demo', '--url', server.url, '--speed', '60', '--projects', '2'], { columns: 70 })
  await demo.says('━')
  await demo.says('Cycle finished')
  expect(await demo.interrupt()).toBe(0)
  expect(demo.shown()).toContain('\r\u001b[K')
  const lines = demo
    .shown()
    .replaceAll('^C', '')
    .split(/\r\n|\r/)
  for (const line of lines) if (line.includes('━')) expect(Bun.stringWidth(line)).toBeLessThan(70)
  expect(demo.shown().trimEnd().split('\r\n').at(-1)).toContain('of the hour played')
})

test('a reader that goes away ends it without a word', async () => {
  const server = await startServer()
  const demo = startProgram(['demo', '--url', server.url, '--speed', '60', '--projects', '1'])
  await demo.says('Playing an hour of 1 project')
  demo.stopReading()
  expect(await demo.exited).toBe(0)
  expect(demo.err()).toBe('')
  await eventually(async () => (await projectsAt(server.url))[0]?.attention.word === 'idle')
}, 60_000)
