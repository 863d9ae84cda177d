import { describe, expect, test } from 'bun:test'
import { ProjectCard } from '../../views/project/project-card.tsx'
import { NOW, projectOf, sceneOf } from './scenes.ts'

const textOf = (html: unknown) =>
  String(html)
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ')

const LOOKED = { now: NOW, staleMinutes: 5 }

describe('what the configuration says of a project', () => {
  const project = projectOf('apollo', {
    origin: 'file',
    owner: 'mara',
    team: ['jonas', '<b>kim</b>'],
    tags: ['backend'],
    path: '/srv/apollo',
    gitUrl: 'https://git.example.com/apollo.git',
    dependencies: [{ project: 'gemini', type: 'blocks', criticality: 'high' }],
    workHours: { timezone: 'Europe/Berlin', start: '09:00', end: '17:00', days: ['monday', 'friday'] },
    limits: { parallelAgents: 1, parallelCycles: 2, memoryMb: 2048, diskMb: 512, cpuPriority: 0.5 },
  })
  const working = ['a', 'b'].map((agent_id) => ({ type: 'agent_status', at: NOW, agent_id, status: 'working' }) as const)
  const html = String(<ProjectCard {...LOOKED} project={project} state={sceneOf('apollo', working).state} />)

  test('is all there, with what is going on beside its limits', () => {
    const text = textOf(html)
    for (const words of [
      'Owner mara',
      'jonas',
      'backend',
      '/srv/apollo',
      'is blocked by gemini , high',
      'Mon, Fri, 09:00 to 17:00 Europe/Berlin',
    ])
      expect(text).toContain(words)
    for (const words of ['2 working, limit 1 above the limit', '0 open, limit 2', '2,048 MiB', '512 MiB', 'CPU priority 0.5'])
      expect(text).toContain(words)
    expect(html).toContain('href="https://git.example.com/apollo.git"')
    expect(html).toContain('href="/projects/gemini"')
    expect(html).not.toContain('<b>kim')
  })

  test('counts those at work as the list of agents does: who was not heard of for long is silent', () => {
    const state = sceneOf('apollo', working).state
    const later = <ProjectCard project={project} state={state} now={NOW + 6 * 60_000} staleMinutes={5} />
    expect(textOf(later)).toContain('0 working, limit 1')
    expect(textOf(later)).not.toContain('above the limit')
  })

  test.each(['ssh://git@example.com/a', 'git@example.com:team/a.git', 'javascript:alert(1)'])('security mistake: links no %s', (gitUrl) => {
    const told = String(<ProjectCard {...LOOKED} project={{ ...project, gitUrl }} state={sceneOf('apollo', []).state} />)
    expect(told).toContain(gitUrl)
    expect(told).not.toContain(`href="${gitUrl.slice(0, 4)}`)
  })

  test('says no limits of a project for which nobody set any', () => {
    const reported = projectOf('apollo')
    expect(textOf(<ProjectCard {...LOOKED} project={reported} state={sceneOf('apollo', []).state} />)).toBe(
      ' Project registered by its reports ',
    )
  })
})
