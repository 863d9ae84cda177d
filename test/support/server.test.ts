import { describe, expect, test } from 'bun:test'
import { eventually, within } from './eventually.ts'
import { call, report } from './report.ts'
import { runProgram, startServer } from './server.ts'

const EVENT = { type: 'workflow_transition', old_state: 'IDLE', new_state: 'BACKLOG_READY' }

describe('a server of a test', () => {
  test('is the real program, knows its configuration, and keeps its data when it is killed and started again', async () => {
    const server = await startServer({ config: 'projects:\n  gemini:\n    path: /nowhere\n' })
    expect((await call(server, '/api/v1/projects/gemini')).body).toMatchObject({ name: 'gemini', path: '/nowhere' })
    await report(server, 'apollo', EVENT)
    const before = server.pid()
    await server.kill()
    await expect(fetch(server.url)).rejects.toThrow()
    await server.restart()
    expect(server.pid()).not.toBe(before)
    expect((await call(server, '/api/v1/projects/apollo/state')).body).toMatchObject({
      offset: 1,
      state: { workflow_state: 'BACKLOG_READY' },
    })
    expect(server.logs()).toContain(server.url)
    expect(await server.stop()).toBe(0)
  })

  test('tells what it wrote when it does not start', async () => {
    const server = await startServer()
    await expect(startServer({ port: server.port })).rejects.toThrow(new RegExp(`ended with code 2[\\s\\S]*${server.port}`))
  })

  test('is not reached by settings of whoever runs the tests', async () => {
    process.env['PORT'] = '1'
    try {
      expect((await runProgram(['check-config'])).stdout).toContain('no configuration file')
    } finally {
      delete process.env['PORT']
    }
  })
})

describe('what happens in its own time', () => {
  test('is asked for again until it holds, and the last problem is told when it does not', async () => {
    let asked = 0
    expect(await eventually(() => ++asked > 3 && asked, { everyMs: 1 })).toBe(4)
    const never = eventually(() => Promise.reject(new Error(`not yet, ${++asked}`)), { withinMs: 30, else: () => 'the log' })
    await expect(never).rejects.toThrow(/not yet, \d+\nthe log/)
    await never.catch(() => {})
  })

  test('has a deadline', async () => {
    await expect(within(10, 'the end', new Promise(() => {}))).rejects.toThrow('the end: not within 10 ms')
    expect(await within(1_000, 'the start', Promise.resolve(1))).toBe(1)
  })
})
