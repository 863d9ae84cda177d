import { beforeAll, describe, expect, test } from 'bun:test'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { eventually } from '../support/eventually.ts'
import { freePort } from '../support/ports.ts'
import { call, report } from '../support/report.ts'
import { type RunningServer, runProgram, type ServerOptions, startServer } from '../support/server.ts'
import { startOnTerminal, startProgram } from '../support/started-program.ts'

type Followed = { server: RunningServer; project: string }

let shared: RunningServer
beforeAll(async () => {
  shared = await startServer({ lifetime: 'file' })
})

let projects = 0
/** A project of its own in the service of all tests. */
const newProject = (): Followed => ({ server: shared, project: `apollo-${++projects}` })
/** A service of its own, for a test that ends it, or sets it up. */
const newService = async (options: ServerOptions = {}): Promise<Followed> => ({ server: await startServer(options), project: 'apollo' })

const say = (message: string) => ({ type: 'chat_message', user_id: 'mara', message })
const numbers = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index)
const sayAll = ({ server, project }: Followed, first: number, last: number) =>
  report(
    server,
    project,
    numbers(first, last).map((number) => say(`word ${number}`)),
  )
const tailOf = ({ server, project }: Followed, ...args: string[]) => startProgram(['tail', project, '--url', server.url, ...args])
const offsetsOf = (out: string) =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { offset: number }).offset)

describe('visualizer tail', () => {
  test('shows the last ten events and each that comes, a line each', async () => {
    const told = newProject()
    await sayAll(told, 1, 12)
    const tail = tailOf(told)
    await tail.says('word 12')
    await report(told.server, told.project, [
      { type: 'tdd_transition', story_id: 'pay-1', old_state: 'design', new_state: 'test_red' },
      { type: 'approval_requested', approval_id: 'a', title: 'run `rm -rf build`?', agent_type: 'QAAgent', story_id: 'pay-1' },
      { type: 'workflow_transition', old_state: 'IDLE', new_state: 'SPRINT_ACTIVE' },
      { type: 'x-own', answer: 42 },
    ])
    await tail.says('answer: 42')
    expect(await tail.end('SIGINT')).toBe(0)
    const lines = tail.out().trimEnd().split('\n')
    expect(lines).toHaveLength(14)
    for (const line of lines) expect(line).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}/)
    expect(lines.map((line) => line.slice(21))).toEqual([
      ...numbers(3, 12).map((number) => `chat      mara “word ${number}”`),
      'cycle     QAAgent `design` to `test_red` (pay-1)',
      'question  QAAgent asks: run `rm -rf build`? (pay-1)',
      'workflow  Workflow `IDLE` to `SPRINT_ACTIVE` (unexpected step)',
      'other     x-own `answer: 42`',
    ])
    expect(tail.err()).toBe('')
  })

  test('begins where it is told to', async () => {
    const told = newProject()
    await sayAll(told, 1, 12)
    const starts = [
      [['--from', 'beginning'], 1],
      [['--from=5'], 5],
      [['--from', 'now'], 13],
      [['--from', '13'], 13],
    ] as const
    const tails = starts.map(([args]) => tailOf(told, '--json', ...args))
    await Promise.all(tails.slice(0, 2).map((tail) => tail.says('word 12')))
    // The others tell nothing before: asked often enough, they have begun by then.
    await eventually(async () => {
      await sayAll(told, 13, 13)
      return tails.every((tail) => tail.out().includes('word 13'))
    })
    for (const [index, [, first]] of starts.entries()) {
      const offsets = offsetsOf(tails[index]!.out())
      expect(offsets[0]).toBeGreaterThanOrEqual(first)
      if (index < 2) expect(offsets[0]).toBe(first)
      expect(offsets).toEqual(numbers(offsets[0]!, offsets.at(-1)!))
    }
  })

  test('goes on after a restart of the service, without losing or repeating an event', async () => {
    const told = await newService()
    await sayAll(told, 1, 3)
    const tail = tailOf(told, '--json', '--from', 'beginning')
    await tail.says('word 3')
    await told.server.kill()
    await tail.says('trying again')
    await told.server.restart()
    await sayAll(told, 4, 1_000)
    await tail.says('word 1000')
    expect(tail.err()).toContain(`-- ${told.server.url} is back; going on after offset 3\n`)
    expect(tail.err().match(/trying again/g)).toHaveLength(1)
    expect(await tail.end('SIGTERM')).toBe(0)
    expect(offsetsOf(tail.out())).toEqual(numbers(1, 1_000))
  }, 60_000)

  test('says which events retention took before it could read them', async () => {
    const told = await newService({ config: 'global: { retention_events: 1000 }' })
    await sayAll(told, 1, 500)
    const tail = tailOf(told, '--json', '--from', '500')
    await tail.says('word 500')
    tail.signal('SIGSTOP')
    await sayAll(told, 501, 1_100)
    await sayAll(told, 1_101, 1_900)
    await eventually(async () => (await call(told.server, '/api/v1/projects/apollo/events?after=500')).status === 410, { withinMs: 30_000 })
    tail.signal('SIGCONT')
    await tail.says('word 1900')
    expect(tail.err()).toContain('-- offsets 501 to 900 were removed by retention before they could be read\n')
    expect(offsetsOf(tail.out())).toEqual([500, ...numbers(901, 1_900)])
    const late = tailOf(told, '--json', '--from', 'beginning')
    await late.says('word 1900')
    expect(late.err()).toContain('-- events before offset 901 were removed by retention; this begins with it\n')
    expect(offsetsOf(late.out())).toEqual(numbers(901, 1_900))
  }, 60_000)

  test('says that the log was replaced, and shows the new one from its beginning', async () => {
    const told = await newService()
    await sayAll(told, 1, 3)
    const tail = tailOf(told, '--json')
    await tail.says('word 3')
    tail.signal('SIGSTOP')
    await told.server.stop()
    for (const end of ['', '-wal', '-shm']) rmSync(join(told.server.dataDir, `events.sqlite${end}`), { force: true })
    await told.server.restart()
    await report(told.server, told.project, [say('a new life')])
    tail.signal('SIGCONT')
    await tail.says('a new life')
    expect(tail.err()).toContain('-- the log was replaced; going on with the new one\n')
    expect(offsetsOf(tail.out())).toEqual([1, 2, 3, 1])
  }, 60_000)

  test('ends without a word when its reader goes away', async () => {
    const told = newProject()
    await sayAll(told, 1, 3)
    const tail = tailOf(told)
    await tail.says('word 3')
    tail.stopReading()
    await sayAll(told, 4, 5)
    expect(await tail.exited).toBe(0)
    expect(tail.err()).toBe('')
  })
})

describe('security 17: what an agent wrote cannot steer the terminal:', () => {
  const HOSTILE = '\u001b]0;owned\u0007\u001b[2J\u009b31m\r\u0008safe\u202egnp.exe\u007f'

  test('in a line its control characters are signs', async () => {
    const told = newProject()
    await report(told.server, told.project, [{ ...say(HOSTILE), user_id: 'eve\u001b[31m' }])
    const tail = tailOf(told)
    await tail.says('safe')
    expect(tail.out().slice(21)).toBe('chat      eve␛[31m “␛]0;owned␇␛[2J\\x9b31m␍␈safe¤gnp.exe␡”\n')
  })

  test('in JSON they are escaped', async () => {
    const told = newProject()
    await report(told.server, told.project, [say(HOSTILE)])
    const tail = tailOf(told, '--json')
    await tail.says('safe')
    expect(tail.out()).toMatch(/^[ -~]+\n$/)
    expect(JSON.parse(tail.out())).toMatchObject({ message: HOSTILE, offset: 1 })
  })
})

describe('on a terminal', () => {
  test('lines have colours, and are as wide as there is room for', async () => {
    const told = newProject()
    await report(told.server, told.project, [{ type: 'error_state', error_message: `disk is full: ${'日本 '.repeat(60)}`, error_id: 'e' }])
    const tail = startOnTerminal(['tail', told.project, '--url', told.server.url], { columns: 60 })
    await tail.says('disk is full')
    await tail.says('…')
    expect(await tail.interrupt()).toBe(0)
    const line = tail
      .shown()
      .split('\r\n')
      .find((one) => one.includes('disk is full'))!
    expect(line).toContain('\u001b[31m')
    expect(Bun.stringWidth(line)).toBeLessThanOrEqual(60)
    expect(Bun.stringWidth(line)).toBeGreaterThan(56)
  })

  test('NO_COLOR is obeyed', async () => {
    const told = newProject()
    await report(told.server, told.project, [{ type: 'error_state', error_message: 'disk is full', error_id: 'e' }])
    const tail = startOnTerminal(['tail', told.project, '--url', told.server.url], { env: { NO_COLOR: '1' } })
    await tail.says('disk is full')
    expect(await tail.interrupt()).toBe(0)
    expect(tail.shown().replaceAll('^C', '')).not.toContain('\u001b')
  })
})

describe('what cannot be followed is one line:', () => {
  test('an unknown project, and what was meant', async () => {
    const told = await newService()
    const tail = (name: string, ...args: string[]) => runProgram(['tail', name, '--url', told.server.url, ...args])
    expect((await tail('apollo')).stderr).toBe(`visualizer: there is no project "apollo" at ${told.server.url}; it has none yet\n`)
    await sayAll(told, 1, 2)
    expect(await tail('appolo')).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: `visualizer: there is no project "appolo" at ${told.server.url}; did you mean apollo?\n`,
    })
    expect((await tail('zzzzzzzz')).stderr).toContain('it has apollo')
    expect(await tail('apollo', '--from', '4')).toMatchObject({
      exitCode: 2,
      stderr: 'visualizer: apollo has no event at offset 4 yet: the newest is 2; --from now waits for the next\n',
    })
  })

  test('a service that is away', async () => {
    const url = `http://localhost:${await freePort()}`
    const { exitCode, stderr } = await runProgram(['tail', 'apollo'], { VISUALIZER_URL: url })
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/start it with visualizer serve, or name another with --url\n$/)])
  })

  test.each([
    [['tail'], 'tail needs the name of a project: visualizer tail <project>'],
    [['tail', 'a', 'b'], 'tail takes no argument "b"; see visualizer tail --help'],
    [['tail', 'a', '--from', 'here'], '--from must be now, beginning or an offset, not "here"'],
    [['tail', 'a', '--speed', '3'], 'tail takes no flag "--speed"; see visualizer tail --help'],
    [['tail', 'a', '--token', 'two words'], '--token must be printable text without spaces'],
  ])('%p says: %s', async (args, line) => {
    expect(await runProgram(args)).toEqual({ exitCode: 2, stdout: '', stderr: `visualizer: ${line}\n` })
  })
})
