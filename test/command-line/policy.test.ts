import { describe, expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readCommandLine } from '../../src/config/command-line.ts'
import { UsageError } from '../../src/config/problem.ts'
import { temporaryFolder } from '../support/ending.ts'
import { runProgram } from '../support/server.ts'

const CONFIGURED = `
projects:
  payments-api: { path: ., tags: [live] }
  lab: { path: ./lab }
security:
  policy:
    - g, group:crew, role:operator, tag:live
    - p, role:release, act, lab, allow
    - p, user:ben, act, payments-*, deny
`

function configured(text = CONFIGURED): string {
  const file = join(temporaryFolder(), 'orch-config.yaml')
  writeFileSync(file, text)
  return file
}

const policy = (...words: string[]) => runProgram(['policy', ...words])

describe('visualizer policy check', () => {
  test('says what a policy holds', async () => {
    const file = configured()
    const { exitCode, stdout } = await policy('check', file)
    expect(stdout).toBe(`${file}: 3 lines of policy, no problems; roles: viewer, operator, admin, release\n`)
    expect(exitCode).toBe(0)
  })

  test('refuses a line that cannot be read, with its place', async () => {
    const file = configured(CONFIGURED.replace('deny', 'dney'))
    const { exitCode, stderr } = await policy('check', file)
    expect(stderr).toContain(`${file}:9:7 security.policy[2]: ends with "dney": write allow or deny; did you mean deny?\n`)
    expect(exitCode).toBe(2)
  })
})

describe('visualizer policy why', () => {
  test.each([
    [['ann', 'act', 'payments-api'], 1, 'no: no line allows it\n'],
    [['ann', 'act', 'payments-api', '--group', 'staff,crew'], 0, 'yes: a built-in line decides: p, role:operator, act, *, allow\n'],
    [['ben', 'act', 'Payments-API', '--group', 'crew'], 1, 'no: decided by: p, user:ben, act, payments-*, deny\n'],
    [['ann', 'act', 'lab', '--group', 'crew'], 1, 'no: no line allows it\n'],
    [['ann', 'act', 'lab', '--role', 'release'], 0, 'yes: decided by: p, role:release, act, lab, allow\n'],
    [
      ['ann', 'see', 'moon', '--role=role:admin'],
      0,
      'yes: a built-in line decides: p, role:admin, *, *, allow\nThe configuration lists no project moon: as one without tags.\n',
    ],
  ])('%p', async (words, exitCode, text) => {
    const answer = await policy('why', ...words, '--config', configured())
    expect([answer.stdout, answer.exitCode]).toEqual([text, exitCode])
  })

  test.each([
    [['policy', 'why', 'ann', 'sea', 'lab'], 'there is no action "sea"; did you mean see?'],
    [['policy', 'why', 'ann', 'act'], 'policy takes check [file], or why <user> <action> <project>; see visualizer policy --help'],
    [['policy'], 'policy takes check [file], or why <user> <action> <project>; see visualizer policy --help'],
    [['policy', 'check', 'a', '--config', 'b'], 'policy check checks one file, and two are named: "a" and --config "b"'],
  ])('%p: %s', (words, line) => {
    expect(() => readCommandLine(words)).toThrow(new UsageError(line))
  })
})
