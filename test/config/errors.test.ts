import { describe, expect, test } from 'bun:test'
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { parseDocument } from 'yaml'
import { load } from './support.ts'

/** Other programs on the machine do not count. */
function processorSeconds(work: () => unknown): number {
  const began = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(began)
  return (user + system) / 1e6
}

const problemsOf = (yaml: string | Uint8Array) => load({ yaml }).problems
const FILE = 'orch-config.yaml'

describe('every mistake is named with its line, column, key and reason:', () => {
  test.each([
    [
      'a number as text',
      'global:\n  max_total_agents: "3"',
      '2:21 global.max_total_agents: expected a number, got the text "3"; take the quotes away',
    ],
    ['text as a number', 'projects:\n  a:\n    path: 5', '3:11 projects.a.path: expected text, got the number 5; put it in quotes'],
    ['a fraction', 'web_interface: { port: 1.5 }', '1:24 web_interface.port: expected a whole number, got the number 1.5'],
    ['too much', 'web_interface: { port: 70000 }', '1:24 web_interface.port: must be at most 65535, got the number 70000'],
    ['too little', 'global: { stale_minutes: 0 }', '1:26 global.stale_minutes: must be more than 0, got the number 0'],
    ['no truth', 'web_interface: { debug: yes }', '1:25 web_interface.debug: expected true or false, got the text "yes"'],
    ['a list for a section', 'global: [1]', '1:9 global: expected a section of settings, got a list'],
    ['text for a section', 'web_interface: on', '1:16 web_interface: expected a section of settings, got the text "on"'],
    ['a section for a list', 'projects: { a: { path: a, tags: {x: 1} } }', '1:33 projects.a.tags: expected a list, got a section'],
    ['nothing in a list', 'projects: { a: { path: a, tags: [x, ~] } }', '1:37 projects.a.tags[1]: expected text, got nothing'],
    [
      'an unknown word',
      'projects: { a: { path: a, status: actve } }',
      '1:35 projects.a.status: expected active, paused, maintenance, archived, initializing; got the text "actve"; did you mean active?',
    ],
    ['a missing path', 'projects:\n  a: { status: active }', '2:6 projects.a.path: is required'],
    ['an empty path', 'projects:\n  a: { path: "" }', '2:14 projects.a.path: must not be empty'],
    ['an empty project', 'projects:\n  a:\n', '2:5 projects.a.path: is required'],
    ['a project that is text', 'projects:\n  a: ./a', '2:6 projects.a: expected a section of settings, got the text "./a"'],
    ['projects that are text', 'projects: none', '1:11 projects: expected a section with a key for each project, or a list of projects'],
    ['a project without name', 'projects:\n  - path: a', '2:5 projects[0].name: is required'],
    ['a reserved name', 'projects: { default: { path: a } }', `1:13 projects.default: cannot be a project's name: "default" is reserved`],
    ['a reserved name in a list', 'projects: [{ name: _x, path: a }]', '1:20 projects[0].name: names that begin with _ are reserved'],
    [
      'a name that is no name',
      'projects: { "a b": { path: a } }',
      `1:13 projects["a b"]: cannot be a project's name: use 1 to 63 letters, digits, dots, dashes or underscores, beginning with a letter or digit`,
    ],
    [
      'names that differ by case',
      'projects:\n  Apollo: { path: a }\n  apollo: { path: b }',
      '3:3 projects.apollo: the names Apollo and apollo differ by case only',
    ],
    [
      'a name twice in a list',
      'projects: [{ name: a, path: a }, { name: a, path: b }]',
      '1:36 projects[1].name: the name a is given twice',
    ],
    ['a key twice', 'projects:\n  a: { path: a }\n  a: { path: b }', '3:3 projects.a: is given twice'],
    ['a key twice, quoted', 'global:\n  x: 1\n  "x": 2', '3:3 global.x: is given twice'],
    [
      'a dependency on nobody',
      'projects:\n  apollo: { path: a }\n  b: { path: b, dependencies: [{ target_project: apolo }] }',
      '3:50 projects.b.dependencies[0].target_project: there is no project "apolo" in this file; did you mean apollo?',
    ],
    [
      'a circle of dependencies',
      'projects:\n  a: { path: a, dependencies: [{ target_project: b }] }\n  b: { path: b, dependencies: [{ target_project: c }] }\n  c: { path: c, dependencies: [{ target_project: a }] }',
      '2:31 projects.a.dependencies: depend on each other in a circle: a → b → c → a',
    ],
    [
      'a project that waits for itself',
      'projects: { a: { path: a, dependencies: [{ target_project: a }] } }',
      '1:41 projects.a.dependencies: depend on each other in a circle: a → a',
    ],
    [
      'an address without websocket',
      'orchestrators: { o: { url: "http://x" } }',
      '1:28 orchestrators.o.url: must begin with ws:// or wss://, not http://',
    ],
    ['no address', 'orchestrators: { o: { url: localhost } }', '1:28 orchestrators.o.url: must be an address such as ws://localhost:8080'],
    [
      'a password in an address',
      'orchestrators: { o: { url: "ws://u:hunter2@x" } }',
      '1:28 orchestrators.o.url: must not hold a user name or password; put a credential in token',
    ],
    [
      'a token that is no text',
      'orchestrators: { o: { url: "ws://x", token: 4711 } }',
      '1:45 orchestrators.o.token: expected text, got a value that is not shown; put it in quotes',
    ],
    ['an orchestrator without address', 'orchestrators:\n  o: {}', '2:6 orchestrators.o.url: is required'],
    [
      'orchestrators as a list',
      'orchestrators: [ws://x]',
      '1:16 orchestrators: expected a section with a key for each orchestrator: name: { url: ws://… }',
    ],
    [
      'a project written otherwise',
      'projects: { Apollo: { path: a } }\norchestrators: { o: { url: "ws://x", projects: [apollo] } }',
      '2:49 orchestrators.o.projects[0]: the project is written Apollo, not apollo',
    ],
    [
      'a reserved project',
      'orchestrators: { o: { url: "ws://x", projects: [unassigned] } }',
      '1:49 orchestrators.o.projects[0]: "unassigned" is reserved',
    ],
    ['no project at all', 'orchestrators: { o: { url: "ws://x", projects: [] } }', '1:48 orchestrators.o.projects: must not be empty'],
    [
      'any origin',
      'security: { allowed_origins: ["*"] }',
      '1:31 security.allowed_origins[0]: must be an origin such as https://visualizer.example.com, without path or wildcard',
    ],
    [
      'a pattern that matches nothing',
      'security: { secret_patterns: ["x*"] }',
      '1:31 security.secret_patterns[0]: matches where nothing is, and so would match everywhere',
    ],
    [
      'a broken pattern',
      'security: { secret_patterns: ["("] }',
      '1:31 security.secret_patterns[0]: is no regular expression: Invalid regular expression: missing )',
    ],
    ['a list for the whole file', '- a\n- b', '1:1: expected sections such as projects: and orchestrators:, got a list'],
    ['text for the whole file', 'hello', '1:1: expected sections such as projects: and orchestrators:, got the text "hello"'],
    ['a tab', 'projects:\n\ta: 1', '2:1: a tab indents this line; YAML takes spaces only'],
    ['a second document', 'projects: {}\n---\nprojects: {}', '2:1: a second document begins here; the file must hold one'],
    [
      'broken YAML',
      'projects: { a: ',
      '1:16: is not valid YAML: flow map in block collection must be sufficiently indented and end with a }',
    ],
    ['an anchor that is not there', 'projects: *x', '1:11 projects: there is no anchor &x before this alias'],
    [
      'a tag',
      'projects: !!python/object:os.system {}',
      '1:11: unresolved tag: tag:yaml.org,2002:python/object:os.system; tags are not used here, write the plain value',
    ],
    ['a section as key', '? { a: 1 }\n: 2', '1:3: has a key that is not plain text'],
    ['__proto__', 'projects:\n  __proto__: { path: a }', '2:3 projects: has the key "__proto__", which is refused'],
    ['an alias inside its own anchor', 'projects: &x { a: *x }', `1:19 projects${'.a'.repeat(32)}: is nested more than 32 levels deep`],
  ])('%s', (_, yaml, problem) => {
    const problems = problemsOf(yaml)
    expect(problems[0]).toBe(`${FILE}:${problem}`)
  })
})

test('all problems come at once, in the order of the file', () => {
  const yaml = `web_interface: { port: x }
projects:
  default: { path: a }
  b: { status: gone }
orchestrators: { o: { url: x } }
`
  expect(problemsOf(yaml).map((line) => line.split(': ')[0])).toEqual([
    `${FILE}:1:24 web_interface.port`,
    `${FILE}:3:3 projects.default`,
    `${FILE}:4:6 projects.b.path`,
    `${FILE}:4:16 projects.b.status`,
    `${FILE}:5:28 orchestrators.o.url`,
  ])
})

test('each circle of dependencies is named once, and what only leads into one is not', () => {
  const on = (name: string, ...targets: string[]) =>
    `  ${name}: { path: ${name}, dependencies: [${targets.map((target) => `{ target_project: ${target} }`).join(', ')}] }`
  const yaml = ['projects:', on('into', 'a'), on('a', 'b'), on('b', 'a', 'end'), on('x', 'y'), on('y', 'x'), on('end')].join('\n')
  expect(problemsOf(yaml)).toEqual([
    `${FILE}:3:31 projects.a.dependencies: depend on each other in a circle: a → b → a`,
    `${FILE}:5:31 projects.x.dependencies: depend on each other in a circle: x → y → x`,
  ])
})

test('two projects cannot have one folder, by whatever name', () => {
  const { folder } = load({})
  mkdirSync(join(folder, 'real'))
  symlinkSync(join(folder, 'real'), join(folder, 'link'))
  writeFileSync(join(folder, 'my.yaml'), 'projects:\n  a: { path: real }\n  b: { path: ./link/ }\n')
  const { problems } = load({ flags: { config: join(folder, 'my.yaml') } })
  expect(problems).toEqual([`${folder}/my.yaml:3:14 projects.b.path: is the folder of a already: ${folder}/real`])
})

describe('a file that cannot be read is refused:', () => {
  test('one that was named and is not there', () => {
    const { problems, folder } = load({ env: { ORCH_CONFIG: 'nowhere.yaml' } })
    expect(problems).toEqual([`environment ORCH_CONFIG: ${folder}/nowhere.yaml does not exist`])
  })

  test('a folder', () => {
    const { folder } = load({})
    expect(load({ flags: { config: folder } }).problems).toEqual([`${folder}: is not a file`])
  })

  test('a link to nowhere, even if nobody named it', () => {
    const { folder } = load({})
    rmSync(join(folder, 'x'), { force: true })
    symlinkSync(join(folder, 'x'), join(folder, 'link.yaml'))
    expect(load({ flags: { config: join(folder, 'link.yaml') } }).problems).toEqual([`${folder}/link.yaml: does not exist`])
  })

  test('more than 1 MiB', () => {
    expect(problemsOf(`# ${'x'.repeat(1024 * 1024)}`)).toEqual([`${FILE}: is larger than 1 MiB (1048578 bytes)`])
  })

  test('what is not UTF-8', () => {
    expect(problemsOf(new Uint8Array([0xff, 0xfe, 0x61, 0x00]))).toEqual([`${FILE}: is not UTF-8 text`])
  })
})

describe('security 21: a small file cannot cost much:', () => {
  test('aliases that unfold into billions', () => {
    const level = (n: number) =>
      `l${n}: &l${n} [${Array(9)
        .fill(`*l${n - 1}`)
        .join(', ')}]`
    const yaml = `l0: &l0 [x, x, x, x, x, x, x, x, x]\n${[1, 2, 3, 4, 5, 6, 7, 8, 9].map(level).join('\n')}\n`
    expect(problemsOf(yaml)[0]).toContain('aliases repeat more than 10000 values')
  })

  test('brackets without end', () => {
    expect(problemsOf('['.repeat(500_000))).toEqual([`${FILE}: more than 1000 brackets are open at character 1000`])
  })

  test('dashes without end', () => {
    expect(problemsOf('- '.repeat(20_000))[0]).toContain('is nested too deeply')
  })

  test('sections within sections', () => {
    const yaml = Array.from({ length: 40 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')
    expect(problemsOf(yaml)[0]).toContain('is nested more than 32 levels deep')
  })

  test('many keys cost what reading them costs, not the square of it', () => {
    const yaml = `global:\n  alert_channels:\n${Array.from({ length: 30_000 }, (_, n) => `    key${n}: 1`).join('\n')}\n`
    const parsing = processorSeconds(() => parseDocument(yaml, { uniqueKeys: false }))
    const loading = processorSeconds(() => load({ yaml }))
    expect(loading).toBeLessThan(4 * parsing)
  }, 60_000)
})

const NO_ORCHESTRATORS = ['http://x', 'https://x', 'file:///etc/passwd', 'ftp://x', 'gopher://x:70/_GET', 'javascript:alert(1)']
  .concat(['data:text/plain,x', 'unix:/run/x.sock', 'ws+unix:///run/x.sock', 'jar:ws://x', '//x', 'x', 'localhost:1', 'ws://', ''])
  .concat(['ws://u:p@x', 'wss://u@x', 'ws://:p@x', 'ws://x y', 'ws://x:99999', 'ws://[::1', 'ws://x:a', 'ws://256.256.256.256'])

test.each(NO_ORCHESTRATORS)('security 19: no orchestrator is dialled at %j', (url) => {
  expect(problemsOf(`orchestrators: { o: { url: ${JSON.stringify(url)} } }`)).toHaveLength(1)
})

test('security 17: nothing in a message can steer a terminal', () => {
  const { problems, warnings } = load({ yaml: 'projects: { a: { path: a, status: "\\e[31mred\\u202e" } }\n"\\e]0;x\\a": 1\n' })
  for (const line of [...problems, ...warnings]) expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/)
  expect(problems).toHaveLength(1)
  expect(warnings).toHaveLength(1)
})

describe('whatever the file holds, it is read or refused, never anything else:', () => {
  const word = fc.constantFrom(
    'projects',
    'orchestrators',
    'global',
    'path',
    'url',
    'name',
    'a',
    'b',
    'dependencies',
    'target_project',
    '<<',
    'tags',
    '',
    'default',
  )
  const scalar = fc.oneof(
    word,
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.string(),
    fc.constantFrom('ws://x', './a', '0'),
  )
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof({ maxDepth: 5 }, scalar, fc.array(tie('tree'), { maxLength: 4 }), fc.dictionary(word, tie('tree'), { maxKeys: 5 })),
  }))

  test('any tree of values', () => {
    fc.assert(
      fc.property(fc.dictionary(word, tree, { maxKeys: 5 }), (value) => void load({ yaml: JSON.stringify(value) })),
      { numRuns: 300 },
    )
  }, 60_000)

  test('any text', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom('\n', '  ', ': ', '- ', '&a ', '*a', '{', '}', '[', ']', '"', "'", '|\n', '? ', '!!', '---\n', '#', '\t', '%'),
      word,
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => void load({ yaml: pieces.join('') })),
      { numRuns: 500 },
    )
  }, 60_000)

  test('any bytes, variables and flags', () => {
    const text = fc.option(fc.string(), { nil: undefined })
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), text, text, (yaml, one, other) => {
        load({
          yaml,
          env: { PORT: one, HOST: other, LOG_LEVEL: one, ORCH_CONFIG: other, DATA_DIR: one },
          flags: { config: one, port: other },
        })
      }),
      { numRuns: 300 },
    )
  }, 60_000)
})
