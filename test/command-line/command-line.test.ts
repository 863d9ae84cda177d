import { describe, expect, test } from 'bun:test'
import { mkdirSync, symlinkSync, writeFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { version } from '../../package.json'
import { readCommandLine } from '../../src/config/command-line.ts'
import { temporaryFolder } from '../support/ending.ts'
import { freePort } from '../support/ports.ts'
import { runProgram, startServer } from '../support/server.ts'
import { UsageError } from '../../src/config/problem.ts'

const folderWith = (yaml: string) => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'orch-config.yaml'), yaml)
  return folder
}

const linesOf = (text: string) => text.trimEnd().split('\n')

describe('help and version', () => {
  test.each([[['--version']], [['-v']], [['serve', '--version']]])('visualizer %p', async (args) => {
    expect(await runProgram(args)).toEqual({ exitCode: 0, stdout: `visualizer ${version}\n`, stderr: '' })
  })

  test.each([[['--help']], [['-h']], [['help']]])('visualizer %p names every command and flag', async (args) => {
    const { exitCode, stdout } = await runProgram(args)
    expect(exitCode).toBe(0)
    for (const word of ['serve', 'check-config', 'migrate', '--host', '--port', '--config', '--data-dir', '--debug', '--log-level']) {
      expect(stdout).toContain(word)
    }
  })

  test.each([[['serve', '--help']], [['help', 'serve']]])('visualizer %p names the environment too', async (args) => {
    const { stdout } = await runProgram(args)
    for (const word of ['visualizer serve', 'ORCH_CONFIG', 'DATA_DIR', 'ALLOW_OPEN', 'SIGTERM']) expect(stdout).toContain(word)
  })
})

describe('the help of a command names what it reads, and nothing else:', () => {
  test.each([
    ['demo', ['PORT', 'VISUALIZER_URL', 'NO_COLOR', '--seed'], ['(5000)', 'DATA_DIR', '--data-dir']],
    ['tail', ['VISUALIZER_TOKEN', 'NO_COLOR', '--json'], ['PORT', 'DATA_DIR', '--serve']],
    ['export', ['VISUALIZER_URL', 'DATA_DIR', 'REDIS_URL', 'DATABASE_URL', 'ORCH_CONFIG', '--data-dir'], ['NO_COLOR', '--port']],
    ['check-config', ['DATA_DIR', 'LOG_FILE', '--port', 'Exit code 0'], ['VISUALIZER_URL', '--no-reload']],
    ['migrate', ['DATABASE_URL', '--config'], ['VISUALIZER_URL', '--no-reload', '--host', '--port']],
  ])('%s', async (command, read, others) => {
    const { stdout } = await runProgram([command, '--help'])
    expect(read.filter((word) => !stdout.includes(word))).toEqual([])
    expect(others.filter((word) => new RegExp(`(^|[\\s,])${word.replace(/[()]/g, '\\$&')}`, 'm').test(stdout))).toEqual([])
  })
})

describe('what cannot be understood is one line on stderr and exit code 2:', () => {
  test.each([
    [['--prot', '5000'], 'there is no flag "--prot"; did you mean --port?'],
    [['serve', '--datadir=x'], 'there is no flag "--datadir"; did you mean --data-dir?'],
    [['-x'], 'there is no flag "-x"; see visualizer --help'],
    [['help', 'chek-config'], 'there is no command "chek-config"; did you mean check-config?'],
    [['--port'], '--port needs a value: --port <number>'],
    [['--port', '--debug'], '--port needs a value: --port <number>'],
    [['--debug=yes'], '--debug takes no value'],
    [['check-config', 'a.yaml', '--config', 'b.yaml'], 'check-config checks one file, and two are named: "a.yaml" and --config "b.yaml"'],
    [['serve', 'now'], 'serve takes no argument "now"; see visualizer serve --help'],
  ])('%p says: %s', (args, line) => {
    expect(() => readCommandLine(args)).toThrow(new UsageError(line))
  })

  test.each([
    [['srve'], 'visualizer: there is no command "srve"; did you mean serve?'],
    [['--port=99999'], 'command line --port: must be at most 65535, got the number 99999'],
    [['--log-level', 'loud'], 'command line --log-level: expected debug, info, warn, error; got the text "loud"'],
  ])('%p', async (args, line) => {
    expect(await runProgram(args)).toEqual({ exitCode: 2, stdout: '', stderr: `${line}\n` })
  })
})

describe('flags are understood in both forms, with or without the command', () => {
  test.each([
    ['--port 1 --host h --data-dir d --config c --log-level debug --debug'],
    ['serve --port=1 --host=h --data-dir=d --config=c --log-level=debug --debug'],
    ['--port 9 --port 1 --debug --host=h serve --data-dir d --config c --log-level debug'],
  ])('%s', (line) => {
    const flags = { port: '1', host: 'h', 'data-dir': 'd', config: 'c', 'log-level': 'debug', debug: true }
    expect(readCommandLine(line.split(' '))).toEqual({ kind: 'serve', flags })
  })
})

describe('a start that is refused is one line on stderr and exit code 2:', () => {
  test('a taken port', async () => {
    const port = await freePort()
    await using _taken = Bun.serve({ port, hostname: 'localhost', fetch: () => new Response() })
    const { exitCode, stderr } = await runProgram(['serve', `--port=${port}`, '--data-dir', temporaryFolder()])
    expect(linesOf(stderr)).toEqual([
      `visualizer: port ${port} on localhost is taken; end what listens there, or choose another port with --port`,
    ])
    expect(exitCode).toBe(2)
  })

  test.each([
    ['a file', (folder: string) => join(folder, 'file'), 'it is not a folder'],
    ['below a file', (folder: string) => join(folder, 'file/data'), 'part of its path is not a folder'],
    ['a link in a circle', (folder: string) => join(folder, 'loop'), 'it is not a folder'],
    ['where nothing can be made', () => '/proc/visualizer', 'it cannot be made there'],
  ])('a data folder that is %s', async (_, place, reason) => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'file'), '')
    symlinkSync(join(folder, 'loop'), join(folder, 'loop'))
    const { exitCode, stdout, stderr } = await runProgram(['serve', '--port', '0', '--data-dir', place(folder)])
    expect(linesOf(stderr)).toEqual([
      `visualizer: the data folder ${place(folder)} cannot be used: ${reason}; choose another folder with --data-dir or DATA_DIR`,
    ])
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
  })

  test('a database of another program', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'events.sqlite'), 'this is no database, but it is long enough to look like a file of one'.repeat(100))
    const { exitCode, stderr } = await runProgram(['serve', '--port', '0', '--data-dir', folder])
    expect(linesOf(stderr)).toHaveLength(1)
    expect(stderr).toContain(join(folder, 'events.sqlite'))
    expect(exitCode).toBe(2)
  })

  test('an address of another machine', async () => {
    const args = ['serve', '--port', '0', '--host', '192.0.2.1', '--data-dir', temporaryFolder()]
    const { exitCode, stderr } = await runProgram(args, { ALLOW_OPEN: 'true' })
    expect(linesOf(stderr).at(-1)).toBe('visualizer: 192.0.2.1 is no address of this machine; choose another with --host')
    expect(exitCode).toBe(2)
  })

  test('a configuration with several mistakes: a line for each', async () => {
    const folder = folderWith('web_interface: { port: x }\nprojects: { default: { path: . } }\n')
    const file = join(folder, 'orch-config.yaml')
    const { exitCode, stderr } = await runProgram(['serve'], { ORCH_CONFIG: file, WORKERS: 'four' })
    expect(linesOf(stderr)).toEqual([
      'environment WORKERS: must be a whole number, got the text "four"',
      `${file}:1:24 web_interface.port: expected a number, got the text "x"`,
      `${file}:2:13 projects.default: cannot be a project's name: "default" is reserved`,
    ])
    expect(exitCode).toBe(2)
  })
})

describe('check-config', () => {
  test('counts what is there when nothing is wrong', async () => {
    const folder = folderWith('projects: { a: { path: a }, b: { path: b } }\norchestrators: { o: { url: "ws://localhost:1" } }\n')
    for (const name of ['a', 'b']) mkdirSync(join(folder, name))
    const file = join(folder, 'orch-config.yaml')
    const expected = { exitCode: 0, stdout: `${file}: 2 projects, 1 orchestrator, no problems\n`, stderr: '' }
    expect(await runProgram(['check-config', file])).toEqual(expected)
    expect(await runProgram(['check-config', '--config', file])).toEqual(expected)
    expect(await runProgram(['check-config'], { ORCH_CONFIG: file })).toEqual(expected)
  })

  test('prints warnings and is content', async () => {
    const file = join(folderWith('projcts: {}\n'), 'orch-config.yaml')
    expect(await runProgram(['check-config', file])).toEqual({
      exitCode: 0,
      stdout: `${file}: 0 projects, 0 orchestrators, no problems, 1 warning\n`,
      stderr: `warning: ${file}:1:1 projcts: is not a known setting; did you mean projects?\n`,
    })
  })

  test('prints problems and ends with 2', async () => {
    const file = join(folderWith('projects: { a: {} }\n'), 'orch-config.yaml')
    expect(await runProgram(['check-config', file])).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: `${file}:1:16 projects.a.path: is required\n`,
    })
  })

  test('refuses what serve would refuse about folders and log files, and makes nothing', async () => {
    const folder = folderWith('projects: {}\n')
    const file = join(folder, 'orch-config.yaml')
    const cases: [env: Record<string, string>, told: string][] = [
      [{ DATA_DIR: file }, `the data folder ${file} cannot be used: it is not a folder`],
      [{ DATA_DIR: join(file, 'deep', 'data') }, 'part of its path is not a folder'],
      [{ LOG_FILE: join(folder, 'missing', 'app.log') }, `the folder ${join(folder, 'missing')} does not exist`],
      [{ ACCESS_LOG_FILE: folder }, 'it is a folder'],
    ]
    for (const [env, told] of cases) {
      const checked = await runProgram(['check-config', file], env)
      expect([checked.exitCode, checked.stdout, checked.stderr]).toEqual([2, '', expect.stringContaining(told)])
      expect((await runProgram(['serve', '--port', '0', '--config', file], env)).stderr).toBe(checked.stderr)
    }
    const fine = { DATA_DIR: join(folder, 'new', 'data'), LOG_FILE: join(folder, 'app.log') }
    expect((await runProgram(['check-config', file], fine)).exitCode).toBe(0)
    expect(readdirSync(folder)).toEqual(['orch-config.yaml'])
  })

  test('is content without a file', async () => {
    const { exitCode, stdout } = await runProgram(['check-config'])
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'no configuration file: 0 projects, 0 orchestrators, no problems\n' })
  })
})

describe('serve', () => {
  test('says where it is, where its data is and what it was configured with', async () => {
    const server = await startServer({ config: 'orchestrators: {}\nprojects: {}\n' })
    expect(server.logs()).toContain(`Visualizer ${version} on http://localhost:${server.port}\n`)
    expect(server.logs()).toContain(`  events         ${server.dataDir}\n`)
    expect(server.logs()).toMatch(/configuration {2}.*orch-config\.yaml: 0 projects, 0 orchestrators/)
    expect(await server.stop()).toBe(0)
  })

  test('writes nothing but JSON lines to stdout where logs are JSON', async () => {
    const server = await startServer({ env: { LOG_FORMAT: 'json' } })
    for (const line of linesOf(server.logs())) expect(JSON.parse(line)).toHaveProperty('@timestamp')
  })
})
