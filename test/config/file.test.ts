import { describe, expect, test } from 'bun:test'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { load, loaded } from './support.ts'

const sample = (name: string) => readFileSync(join(import.meta.dir, '../samples', name), 'utf8')

test('a file written by an orchestrator is read as it is; all it warns of are the missing folders', () => {
  const { config, warnings } = load({ yaml: sample('orch-config.two-projects.yaml') })
  expect(config?.projects).toMatchObject([
    {
      name: 'alpha',
      path: '/srv/projects/alpha',
      status: 'active',
      priority: 'high',
      description: 'Development test project',
      origin: 'file',
    },
    { name: 'beta', status: 'paused', priority: 'normal', dependencies: [{ project: 'alpha', type: 'blocks', criticality: 'high' }] },
  ])
  expect(config?.limits).toEqual({ parallelProjects: 10, totalAgents: 20, memoryMb: 8192, diskMb: 51_200, cpuCores: 4 })
  expect(warnings).toEqual([
    'orch-config.yaml:38:11 projects.alpha.path: /srv/projects/alpha does not exist; the project is shown without its files',
    'orch-config.yaml:79:11 projects.beta.path: /srv/projects/beta does not exist; the project is shown without its files',
  ])
})

test('the example that is shipped has nothing wrong, and no unknown key', () => {
  const example = readFileSync(join(import.meta.dir, '../../config/orch-config.example.yaml'), 'utf8')
  const { config, problems, warnings } = load({ yaml: example })
  expect(problems).toEqual([])
  expect(warnings.filter((line) => !line.includes('does not exist'))).toEqual([])
  expect(config?.projects.length).toBeGreaterThan(1)
  expect(config?.orchestrators.length).toBeGreaterThan(0)
})

test("the deployment guide's form", () => {
  const yaml = `
projects:
  myproject: { path: projects/myproject, status: "active", priority: "normal", description: "Main project" }
global_settings:
  max_parallel_projects: 3
  resource_limits: { max_memory_mb: 512, max_disk_mb: 1024 }
web_interface: { host: localhost, port: 5000, debug: true, auto_reload: true, workers: 2 }
security:
  allowed_origins: ["https://staging.yourcompany.com/"]
  csrf_protection: true
  rate_limiting: true
`
  const { config, warnings, folder } = load({ yaml, folders: ['projects/myproject'] })
  expect(config).toMatchObject({
    port: 5000,
    debug: true,
    autoReload: true,
    allowedOrigins: ['https://staging.yourcompany.com'],
    isCsrfChecked: true,
    rateLimits: { pages: [{ limit: 100, seconds: 10 }] },
    limits: { parallelProjects: 3, memoryMb: 512, diskMb: 1024 },
    projects: [{ name: 'myproject', path: join(folder, 'projects/myproject') }],
  })
  expect(warnings).toEqual([])
})

test('projects as a list are the same as projects as a section', () => {
  const map =
    'projects:\n  apollo: { path: a, tags: [moon], mode: partial }\n  gemini: { path: b, dependencies: [{ target_project: apollo }] }\n'
  const list =
    'projects:\n  - { name: apollo, path: a, tags: [moon], orchestration: partial }\n  - { name: gemini, path: b, dependencies: [{ target_project: apollo, dependency_type: blocks }] }\n'
  const named = (yaml: string) => loaded({ yaml, folders: ['a', 'b'] }).projects.map((project) => ({ ...project, path: '' }))
  expect(named(list)).toEqual(named(map))
})

test('a project that says little gets the defaults', () => {
  const { config, folder } = load({ yaml: 'projects: { apollo: { path: a } }', folders: ['a'] })
  expect(config?.projects).toEqual([
    {
      name: 'apollo',
      path: join(folder, 'a'),
      status: 'active',
      priority: 'normal',
      description: '',
      owner: undefined,
      team: [],
      tags: [],
      gitUrl: undefined,
      orchestration: undefined,
      dependencies: [],
      limits: { parallelAgents: 3, parallelCycles: 2, memoryMb: 1024, diskMb: 2048, cpuPriority: 1 },
      workHours: undefined,
      privacy: 'open',
      origin: 'file',
    },
  ])
})

test('both names of the global section and of its limits are read; the larger limit counts', () => {
  const yaml = `
global: { max_parallel_projects: 3, max_concurrent_projects: 7, stale_minutes: 5, global_memory_limit_gb: 2 }
global_settings: { max_parallel_projects: 5, stale_minutes: 20, resource_limits: { max_memory_mb: 1024 } }
`
  expect(loaded({ yaml })).toMatchObject({ staleMinutes: 20, limits: { parallelProjects: 7, memoryMb: 2048 } })
})

test('orchestrators may share projects, name projects that only report, and carry a token that is never shown', () => {
  const yaml = `
projects: { apollo: { path: a } }
orchestrators:
  houston: { url: "ws://localhost:8080", projects: [apollo, skylab] }
  moscow: { url: "wss://moscow.example.com/link?x=1", projects: [apollo], token: hunter2 }
  anything: { url: "ws://[::1]:9" }
`
  const { orchestrators } = loaded({ yaml, folders: ['a'] })
  expect(orchestrators).toMatchObject([
    { name: 'houston', url: 'ws://localhost:8080', projects: ['apollo', 'skylab'], token: undefined },
    { name: 'moscow', projects: ['apollo'] },
    { name: 'anything', projects: undefined },
  ])
  expect(orchestrators[1]!.token?.reveal()).toBe('hunter2')
  expect(`${JSON.stringify(orchestrators)} ${Bun.inspect(orchestrators)} ${String(orchestrators[1]!.token)}`).not.toContain('hunter2')
})

test('a password in the address of a repository is not shown', () => {
  const config = loaded({ yaml: 'projects: { a: { path: a, git_url: "https://me:hunter2@git.example.com/a.git" } }' })
  expect(config.projects[0]!.gitUrl).toBe('https://git.example.com/a.git')
})

describe('the address of a repository', () => {
  const problemOf = (address: string) =>
    load({ yaml: `projects: { a: { path: a, git_url: ${JSON.stringify(address)} } }` }).problems.join(' ')

  test.each(['https://git.example.com/a.git', 'ssh://git@example.com:22/a', 'git://example.com/a', 'git@example.com:team/a.git'])(
    'may be %s',
    (address) => {
      expect(problemOf(address)).not.toContain('git_url')
    },
  )

  test.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'ftp://example.com/a',
    '/srv/a.git',
    'https://',
    'https://a b/c',
  ])('may not be %s', (address) => {
    expect(problemOf(address)).toContain('git_url: must be an address of http, https, ssh or git, or user@host:path')
  })
})

test('work hours and limits are read, and a day or a zone that does not exist is told with its line', () => {
  const hours = 'timezone: Europe/Berlin, start: 9:00, end: "17:30", days: [monday, friday]'
  const { projects } = loaded({ yaml: `projects: { a: { path: a, work_hours: { ${hours} }, resource_limits: { cpu_priority: 0.5 } } }` })
  expect(projects[0]).toMatchObject({
    workHours: { timezone: 'Europe/Berlin', start: '09:00', end: '17:30', days: ['monday', 'friday'] },
    limits: { cpuPriority: 0.5 },
  })
  const { problems } = load({
    yaml: 'projects:\n  a:\n    path: a\n    work_hours: { timezone: Mars/Base, start: 25:00, end: 17:00, days: [funday] }\n',
  })
  const said = problems.join('\n')
  for (const words of [':4:', 'timezone', 'must be a time zone like UTC', 'must be a time of day like 09:00', 'days'])
    expect(said).toContain(words)
})

test('~ is the home folder, an absolute path stays', () => {
  const { projects } = loaded({ yaml: 'projects: { a: { path: "~/a" }, b: { path: /b }, c: { path: "~" } }' })
  expect(projects.map(({ path }) => path)).toEqual([join(homedir(), 'a'), '/b', homedir()])
})

test('relative paths start from the folder of the file, not from where the command was given', () => {
  const { folder } = load({})
  mkdirSync(join(folder, 'etc/apollo'), { recursive: true })
  writeFileSync(join(folder, 'etc/my.yaml'), 'projects: { apollo: { path: apollo } }')
  const byFlag = load({ flags: { config: join(folder, 'etc/my.yaml') } })
  expect(byFlag.config?.projects[0]?.path).toBe(join(folder, 'etc/apollo'))
  expect(byFlag.warnings).toEqual([])
})

test('a folder that is missing, or is a file, is a warning on its project', () => {
  const { config, warnings, folder } = load({ yaml: 'projects:\n  a: { path: orch-config.yaml }\n  b: { path: nowhere }\n' })
  expect(config?.projects).toHaveLength(2)
  expect(warnings).toEqual([
    `orch-config.yaml:2:14 projects.a.path: ${folder}/orch-config.yaml is not a folder; the project is shown without its files`,
    `orch-config.yaml:3:14 projects.b.path: ${folder}/nowhere does not exist; the project is shown without its files`,
  ])
})

test('security 21: anchors, aliases and merged sections are read as YAML means them', () => {
  const yaml = `
projects:
  one: &one { path: a, priority: high, tags: &tags [x, y] }
  two: { <<: *one, path: b, tags: *tags }
  three: { path: c, <<: [{ owner: ann }, { owner: ben, priority: low }] }
`
  expect(loaded({ yaml }).projects).toMatchObject([
    { name: 'one', priority: 'high', tags: ['x', 'y'] },
    { name: 'two', priority: 'high', tags: ['x', 'y'] },
    { name: 'three', owner: 'ann', priority: 'low' },
  ])
})

describe('unknown keys', () => {
  test('warn, with the key that was probably meant, and change nothing else', () => {
    const yaml =
      'globl: 1\nglobal: { stale_minuts: 3, max_total_agents: 2 }\nprojects: { a: { path: a, prioritty: high, zzz: 1 } }\nxyz: 1\n'
    const { config, warnings } = load({ yaml, folders: ['a'] })
    expect(config).toMatchObject({ staleMinutes: 10, limits: { totalAgents: 2 }, projects: [{ name: 'a' }] })
    expect(warnings).toEqual([
      'orch-config.yaml:1:1 globl: is not a known setting; did you mean global?',
      'orch-config.yaml:2:11 global.stale_minuts: is not a known setting; did you mean stale_minutes?',
      'orch-config.yaml:3:27 projects.a.prioritty: is not a known setting; did you mean priority?',
      'orch-config.yaml:3:44 projects.a.zzz: is not a known setting; it is not used',
      'orch-config.yaml:4:1 xyz: is not a known setting; it is not used',
    ])
  })

  test('that every project repeats are said once', () => {
    const yaml = `projects:\n${[1, 2, 3, 4].map((n) => `  p${n}: { path: p${n}, colour: red }\n`).join('')}`
    const { warnings } = load({ yaml, folders: ['p1', 'p2', 'p3', 'p4'] })
    expect(warnings).toEqual(['orch-config.yaml:2:19 projects.p1.colour: is not a known setting; it is not used (and in 3 more places)'])
  })
})

test('a link to the file is followed', () => {
  const { folder } = load({ yaml: 'web_interface: { port: 5009 }' })
  symlinkSync(join(folder, 'orch-config.yaml'), join(folder, 'link.yaml'))
  expect(loaded({ flags: { config: join(folder, 'link.yaml') } }).port).toBe(5009)
})

test('a project that two orchestrators report is warned of, and one without a list', () => {
  const at = (port: number) => `url: "ws://localhost:${port}"`
  const shared = `orchestrators:\n  one: { ${at(1)}, projects: [alpha, beta] }\n  two: { ${at(2)}, projects: [gamma, ALPHA] }\n`
  expect(load({ yaml: shared }).warnings).toEqual([
    'orch-config.yaml:3:53 orchestrators.two.projects[1]: ALPHA is reported by one too: where both disagree, the page shows what each says',
  ])
  const open = `orchestrators:\n  one: { ${at(1)}, projects: [alpha] }\n  two: { ${at(2)} }\n`
  expect(load({ yaml: open }).warnings).toEqual([
    expect.stringContaining('orchestrators.two: has no list of projects: it may report those of other orchestrators too'),
  ])
  expect(load({ yaml: `orchestrators:\n  only: { ${at(1)} }\n` }).warnings).toEqual([])
})

describe('security.policy', () => {
  const policyOf = (...lines: string[]) => load({ yaml: `security:\n  policy:\n${lines.map((line) => `    - '${line}'\n`).join('')}` })

  test('is read as lines', () => {
    const lines = ['p, role:release, act, payments-*, allow', 'g, group:release, role:release']
    expect(policyOf(...lines).config?.policy).toEqual(lines)
    expect(load({ yaml: 'security: {}' }).config?.policy).toEqual([])
  })

  test('a fault is told with its line, and what to write', () => {
    const { problems } = policyOf('p, role:release, act, *, allow', 'p, role:release, sea, *, allow', 'g, user:ann, role:releas')
    expect(problems).toEqual([
      'orch-config.yaml:4:7 security.policy[1]: names the action "sea": write see, act, report, manage, admin or *; did you mean see?',
      'orch-config.yaml:5:7 security.policy[2]: names role:releas, which no p line defines; there are role:viewer, role:operator, role:admin, role:release; did you mean role:release?',
    ])
  })
})
