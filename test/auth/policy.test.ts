import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { type Action, compilePolicy } from '../../src/auth/policy.ts'
import { OPEN_VIEWER, type Viewer } from '../../src/auth/viewer.ts'
import { ACTIONS, readPolicyLine, unknownRoles } from '../../src/domain/policy-line.ts'

const person = (user: string, more: Partial<Viewer> = {}): Viewer => ({ user, name: user, groups: [], roles: [], via: 'session', ...more })
const role = (name: string, ...projects: string[]) => ({ role: name, projects: projects.length === 0 ? ['*'] : projects })
const project = (name: string, ...tags: string[]) => ({ name, tags })

type Asked = { lines?: string[]; viewer: Viewer; on?: { name: string; tags: string[] } }

/** What somebody may do, in the order of the actions. */
const allowed = ({ lines = [], viewer, on = project('apollo') }: Asked): Action[] =>
  ACTIONS.filter((action) => compilePolicy(lines).allows(viewer, action, on))

describe('the roles that are built in:', () => {
  test.each<[string, Action[]]>([
    ['viewer', ['see']],
    ['operator', ['see', 'act', 'report']],
    ['admin', ['see', 'act', 'report', 'manage', 'admin']],
    ['nobody-knows', []],
  ])('%s may %p', (name, actions) => {
    expect(allowed({ viewer: person('ann', { roles: [role(name)] }) })).toEqual(actions)
  })

  test('whoever has none may do nothing, and whoever is asked nothing may do everything', () => {
    expect(allowed({ viewer: person('ann') })).toEqual([])
    expect(allowed({ viewer: OPEN_VIEWER })).toEqual([...ACTIONS])
  })
})

describe('a line speaks of', () => {
  test.each<[string, Partial<Viewer>, boolean]>([
    ['p, user:ann, see, *, allow', {}, true],
    ['p, user:ben, see, *, allow', {}, false],
    ['p, user:Ann, see, *, allow', {}, false],
    ['p, user:*, see, *, allow', {}, true],
    ['p, group:crew, see, *, allow', { groups: ['crew'] }, true],
    ['p, group:crew, see, *, allow', { groups: ['crews'] }, false],
    ['p, role:crew, see, *, allow', { roles: [role('crew')] }, true],
    ['p, role:crew, see, *, allow', { groups: ['crew'], user: 'crew' }, false],
    ['g, user:ann, role:viewer', {}, true],
    ['g, group:crew, role:viewer', { groups: ['crew'] }, true],
    ['g, group:crew, viewer, apollo', { groups: ['crew'] }, true],
    ['g, group:crew, role:viewer, apollo', { groups: ['crew'] }, true],
    ['g, group:crew, role:viewer, gemini', { groups: ['crew'] }, false],
    ['g, role:admin, role:viewer', {}, false],
    ['p,user:ann,*,apollo,allow', {}, true],
  ])('%s: of %p %p', (line, more, isAllowed) => {
    expect(compilePolicy([line]).allows(person('ann', more), 'see', project('apollo'))).toBe(isAllowed)
  })

  test.each<[string, string, string[], boolean]>([
    ['*', 'anything', [], true],
    ['apollo', 'APOLLO', [], true],
    ['Apollo-*', 'apollo-11', [], true],
    ['apollo-*', 'apollo', [], false],
    ['*-api', 'payments-api', [], true],
    ['*-api', 'payments-api-2', [], false],
    ['a*a', 'a', [], false],
    ['a*a', 'aa', [], true],
    ['a*b*c', 'a-b-c', [], true],
    ['a*b*c', 'a-c-b', [], false],
    ['*ab*ab*', 'ab', [], false],
    ['**', 'anything', [], true],
    ['a.c', 'abc', [], false],
    ['tag:moon', 'apollo', ['Moon'], true],
    ['tag:moon', 'moon', ['moonlight'], false],
  ])('the projects %s: %s with the tags %p %p', (pattern, name, tags, isIn) => {
    expect(compilePolicy([`p, user:ann, see, ${pattern}, allow`]).allows(person('ann'), 'see', { name, tags })).toBe(isIn)
  })

  test('a pattern of many wildcards takes no time', () => {
    const policy = compilePolicy([`p, user:ann, see, ${'*a'.repeat(31)}b, allow`])
    expect(policy.allows(person('ann'), 'see', project('a'.repeat(63)))).toBe(false)
  })
})

describe('roles lead to roles', () => {
  const lines = [
    'g, user:ann, role:lead, pay-*',
    'g, role:lead, role:operator, tag:live',
    'g, role:operator, role:lead',
    'p, role:lead, manage, *, allow',
  ]

  test('on the projects that every step allows; a circle ends', () => {
    expect(allowed({ lines, viewer: person('ann'), on: project('pay-api', 'live') })).toEqual(['see', 'act', 'report', 'manage'])
    expect(allowed({ lines, viewer: person('ann'), on: project('pay-api') })).toEqual(['manage'])
    expect(allowed({ lines, viewer: person('ann'), on: project('search', 'live') })).toEqual([])
  })

  test('a role from signing in holds on its projects', () => {
    const viewer = person('ann', { roles: [role('operator', 'tag:live', 'search')] })
    expect(allowed({ viewer, on: project('search') })).toEqual(['see', 'act', 'report'])
    expect(allowed({ viewer, on: project('pay', 'live') })).toEqual(['see', 'act', 'report'])
    expect(allowed({ viewer, on: project('pay') })).toEqual([])
  })
})

describe('what concerns no project', () => {
  test.each<[string, boolean]>([
    ['p, user:ann, admin, *, allow', true],
    ['p, user:ann, admin, apollo-*, allow', false],
    ['g, user:ann, role:admin, apollo', false],
    ['g, user:ann, role:admin', true],
  ])('is allowed by lines for all projects alone: %s %p', (line, isAllowed) => {
    expect(compilePolicy([line]).allows(person('ann'), 'admin')).toBe(isAllowed)
  })
})

test('a token may do what its scopes and its roles both allow', () => {
  const viewer = person('ci', { via: 'token', roles: [role('operator')], scopes: ['report', 'manage'] })
  expect(allowed({ viewer })).toEqual(['report'])
  expect(compilePolicy([]).decision(viewer, 'see', project('apollo')).isBeyondToken).toBe(true)
})

test('what everybody may do who signed in widens no token, and what nobody may do binds it', () => {
  const viewer = person('token:ci', { via: 'token', roles: [role('admin', 'apollo')], scopes: ['see', 'act'] })
  const lines = ['p, user:*, see, *, allow', 'g, user:*, role:operator', 'p, user:*, act, apollo, deny']
  expect(allowed({ lines, viewer, on: project('gemini') })).toEqual([])
  expect(allowed({ lines, viewer, on: project('apollo') })).toEqual(['see'])
})

describe('of any lines in any order:', () => {
  const subject = fc.constantFrom('role:viewer', 'role:lead', 'user:ann', 'user:ben', 'user:*', 'group:crew')
  const pattern = fc.constantFrom('*', 'apollo', 'apollo-*', '*o', 'tag:moon', 'gemini')
  const action = fc.constantFrom<Action>(...ACTIONS)
  const rule = fc
    .tuple(subject, fc.oneof(action, fc.constant('*')), pattern, fc.constantFrom('allow', 'deny'))
    .map((fields) => `p, ${fields.join(', ')}`)
  const membership = fc
    .tuple(subject, fc.constantFrom('role:viewer', 'role:lead', 'role:operator'), pattern)
    .map((fields) => `g, ${fields.join(', ')}`)
  const line = fc.oneof({ weight: 3, arbitrary: rule }, membership)
  const viewer = fc.record({
    user: fc.constantFrom('ann', 'ben', 'cay'),
    groups: fc.subarray(['crew', 'staff']),
    roles: fc.array(fc.record({ role: fc.constantFrom('viewer', 'lead', 'admin'), projects: fc.array(pattern, { maxLength: 2 }) }), {
      maxLength: 2,
    }),
  })
  const on = fc.record({ name: fc.constantFrom('apollo', 'Apollo-11', 'gemini', 'echo'), tags: fc.subarray(['moon', 'sun']) })
  const asked = fc.record({ lines: fc.array(line, { maxLength: 12 }), viewer: viewer.map((one) => person(one.user, one)), action, on })

  test('the order of lines decides nothing', () => {
    const shuffled = asked.chain((one) =>
      fc.record({ one: fc.constant(one), other: fc.shuffledSubarray(one.lines, { minLength: one.lines.length }) }),
    )
    fc.assert(
      fc.property(shuffled, ({ one, other }) => {
        const [here, there] = [compilePolicy(one.lines), compilePolicy(other)]
        expect(here.allows(one.viewer, one.action, one.on)).toBe(there.allows(one.viewer, one.action, one.on))
        expect(here.audienceOf(one.viewer)).toBe(there.audienceOf(one.viewer))
      }),
    )
  })

  test('a deny of what is asked wins over all others', () => {
    fc.assert(
      fc.property(asked, ({ lines, viewer: who, action: what, on: where }) => {
        const denied = [...lines, `p, user:${who.user}, ${what}, ${where.name}, deny`]
        expect(compilePolicy(denied).allows(who, what, where)).toBe(false)
      }),
    )
  })

  test('a further deny never allows, a further allow never takes away', () => {
    fc.assert(
      fc.property(asked, rule, ({ lines, viewer: who, action: what, on: where }, more) => {
        const [without, with_] = [compilePolicy(lines), compilePolicy([...lines, more])].map((policy) => policy.allows(who, what, where))
        if (more.endsWith('deny') && with_) expect(without).toBe(true)
        if (more.endsWith('allow') && without) expect(with_).toBe(true)
      }),
    )
  })

  test('without a rule that allows, nothing is allowed', () => {
    fc.assert(
      fc.property(asked, ({ lines, viewer: who, action: what, on: where }) => {
        const denials = lines.filter((text) => text.startsWith('p') && text.endsWith('deny'))
        expect(compilePolicy(denials).allows({ ...who, roles: [] }, what, where)).toBe(false)
      }),
    )
  })

  test('viewers of one audience see and act on the same projects', () => {
    const other = viewer.map((one) => person(one.user, one))
    fc.assert(
      fc.property(asked, other, ({ lines, viewer: one, on: where }, two) => {
        const policy = compilePolicy(lines)
        fc.pre(policy.audienceOf(one) === policy.audienceOf(two))
        for (const what of ['see', 'act'] as const) expect(policy.allows(one, what, where)).toBe(policy.allows(two, what, where))
      }),
    )
  })

  test('the line that is said to have decided decides the same alone', () => {
    fc.assert(
      fc.property(asked, ({ lines, viewer: who, action: what, on: where }) => {
        const { isAllowed, line: decided } = compilePolicy(lines).decision(who, what, where)
        if (decided === undefined) expect(isAllowed).toBe(false)
        else expect(decided.endsWith(isAllowed ? 'allow' : 'deny')).toBe(true)
      }),
    )
  })
})

test('whoever may see and act everywhere is of the one audience that open services have', () => {
  const policy = compilePolicy(['g, group:crew, role:operator'])
  const everywhere = [OPEN_VIEWER, person('ann', { roles: [role('admin')] }), person('ben', { groups: ['crew'] })]
  expect(everywhere.map((viewer) => policy.audienceOf(viewer))).toEqual(['', '', ''])
  expect(policy.audienceOf(person('cay', { roles: [role('viewer')] }))).toBe('see *; act ')
})

describe('a line that cannot be read says what to write:', () => {
  test.each([
    ['x, user:ann', 'begins with "x": write p for a rule'],
    ['p, user:ann, see, *', 'has 3 fields after p, not 4'],
    ['p, ann, see, *, allow', 'names "ann": write role:NAME, user:NAME or group:NAME'],
    ['p, users:ann, see, *, allow', 'names "users:ann"'],
    ['p, user:a*, see, *, allow', 'a * stands alone here'],
    ['p, group:*, see, *, allow', 'user:* is everybody who signed in'],
    ['p, user:ann, sea, *, allow', 'names the action "sea": write see, act, report, manage, admin or *; did you mean see?'],
    ['p, user:ann, see, a b, allow', 'names the projects "a b"'],
    ['p, user:ann, see, tag:, allow', 'names the projects "tag:"'],
    ['p, user:ann, see, *, alow', 'ends with "alow": write allow or deny; did you mean allow?'],
    ['g, user:ann', 'has 1 fields after g, not 2 or 3'],
    ['g, user:ann, a viewer', 'names "a viewer"'],
    ['g, user:ann, group:crew', 'gives "group:crew", which is no role'],
    ['', 'begins with nothing'],
  ])('%p: %s', (text, fault) => {
    const read = readPolicyLine(text)
    expect('fault' in read ? read.fault : 'read').toContain(fault)
  })

  test('a role that nothing defines', () => {
    const lines = ['g, user:ann, role:viwer', 'p, role:lead, see, *, allow', 'g, group:x, role:lead'].map(readPolicyLine)
    expect(unknownRoles(lines.map((line) => ('line' in line ? line.line : undefined)))).toEqual([
      {
        index: 0,
        fault:
          'names role:viwer, which no p line defines; there are role:viewer, role:operator, role:admin, role:lead; did you mean role:viewer?',
      },
    ])
  })
})
