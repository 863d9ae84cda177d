import { describe, expect, test } from 'bun:test'
import type { StoredEvent } from '../../src/domain/events/event.ts'
import {
  decodeRegistry,
  emptyRegistry,
  encodeRegistry,
  foldRegistry,
  newProject,
  type Project,
  type Registry,
  registryDifferences,
} from '../../src/domain/registry/project-registry.ts'
import type { RegistryEvent } from '../../src/domain/events/own-event.ts'

const stored = (events: readonly RegistryEvent[], after = 0): StoredEvent[] =>
  events.map((event, index) => ({ ...event, id: `event-${after + index}`, offset: after + index + 1, received_at: 1_000 }))
const after = (events: readonly RegistryEvent[], registry: Registry = emptyRegistry()) =>
  foldRegistry(registry, stored(events, registry.offset))
const registered = (project: string, settings: Record<string, unknown> = {}): RegistryEvent => ({
  type: 'project_registered',
  project,
  settings,
})
const listed = (name: string, settings: Partial<Project> = {}): Project => ({ ...newProject(name), origin: 'file', ...settings })
/** The registry once it was told what a file says. */
const configured = (projects: readonly Project[], registry = emptyRegistry()) => after(registryDifferences(registry, projects), registry)

describe('the registry', () => {
  test('knows a project by its name in any case, and keeps the first writing', () => {
    const { projects } = after([registered('Apollo'), registered('APOLLO', { priority: 'high' })])
    expect([...projects]).toEqual([['apollo', { ...newProject('Apollo'), priority: 'high' }]])
  })

  test('changes what is told, unsets what is null, and leaves the rest', () => {
    const registry = after([
      registered('apollo', { path: '/srv/apollo', owner: 'mara', tags: ['a'] }),
      { type: 'project_changed', project: 'Apollo', settings: { owner: null, status: 'paused' } },
    ])
    expect(registry.projects.get('apollo')).toMatchObject({ path: '/srv/apollo', owner: undefined, tags: ['a'], status: 'paused' })
  })

  test('ignores a setting that does not fit, and a project that it does not know', () => {
    const registry = after([
      registered('apollo', { priority: 'urgent', status: 'paused', colour: 'red', tags: 'none' }),
      { type: 'project_changed', project: 'gemini', settings: {} },
      { type: 'project_archived', project: 'gemini' },
      { type: 'x-own', project: 'gemini', settings: {} } as never,
    ])
    expect([...registry.projects.values()]).toEqual([{ ...newProject('apollo'), status: 'paused' }])
    expect(registry.offset).toBe(4)
  })

  test('archives: what was there stays readable, and no file owns it any more', () => {
    const registry = after([registered('apollo', { origin: 'file', path: '/srv/apollo' }), { type: 'project_archived', project: 'apollo' }])
    expect(registry.projects.get('apollo')).toMatchObject({ status: 'archived', origin: 'reported', path: '/srv/apollo' })
  })

  test('ignores events that it has had, and leaves other projects the same objects', () => {
    const events = stored([registered('apollo'), registered('gemini')])
    const before = foldRegistry(emptyRegistry(), events)
    expect(foldRegistry(before, events)).toBe(before)
    const changed = after([{ type: 'project_changed', project: 'gemini', settings: { priority: 'low' } }], before)
    expect(changed.projects.get('apollo')).toBe(before.projects.get('apollo') as Project)
    expect(before.projects.get('gemini')?.priority).toBe('normal')
  })

  test('is the same after a snapshot', () => {
    const dependencies = [{ project: 'gemini', type: 'blocks', criticality: undefined }]
    const registry = configured([
      listed('Apollo', {
        path: '/srv/apollo',
        dependencies,
        limits: { parallelAgents: 1, parallelCycles: 1, memoryMb: 1, diskMb: 1, cpuPriority: 2 },
      }),
    ])
    expect(decodeRegistry(encodeRegistry(registry))).toEqual(registry)
    for (const text of ['{}', '[]']) expect(() => decodeRegistry(text)).toThrow('no registry')
  })
})

describe('a configuration file', () => {
  test('registers what it lists, once', () => {
    const projects = [listed('apollo', { priority: 'high', owner: 'mara' }), listed('gemini')]
    const registry = configured(projects)
    expect([...registry.projects.values()]).toEqual(projects)
    expect(registryDifferences(registry, projects)).toEqual([])
  })

  test('tells only what changed', () => {
    const registry = configured([listed('apollo', { owner: 'mara', tags: ['a'] })])
    expect(registryDifferences(registry, [listed('apollo', { tags: ['a', 'b'] })])).toEqual([
      { type: 'project_changed', project: 'apollo', settings: { owner: null, tags: ['a', 'b'] } },
    ])
  })

  test('wins for the names that it lists, whatever their case', () => {
    const reported = after([registered('Apollo', { priority: 'low' })])
    const registry = configured([listed('apollo', { priority: 'critical' })], reported)
    expect([...registry.projects.values()]).toEqual([{ ...listed('Apollo'), priority: 'critical' }])
  })

  test('archives what it no longer lists, and leaves what was only reported', () => {
    const both = after([registered('reported')], configured([listed('apollo'), listed('gemini')]))
    const registry = configured([listed('gemini')], both)
    expect([...registry.projects.values()].map(({ name, status }) => [name, status])).toEqual([
      ['apollo', 'archived'],
      ['gemini', 'active'],
      ['reported', 'active'],
    ])
    expect(registryDifferences(registry, [listed('gemini')])).toEqual([])
  })

  test('brings back what it lists again', () => {
    const gone = configured([], configured([listed('apollo')]))
    expect(configured([listed('apollo')], gone).projects.get('apollo')).toMatchObject({ status: 'active', origin: 'file' })
  })
})
