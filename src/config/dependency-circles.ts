import { nearestWord } from '../domain/nearest-word.ts'
import type { Findings } from './findings.ts'
import type { ConfigFile } from './read-file.ts'
import type { ProjectSection } from './schema-projects.ts'

/** Reports dependencies on unknown projects, and circles of dependencies. */
export function findDependencyProblems(file: ConfigFile, entries: ProjectSection[], findings: Findings): void {
  const names = entries.map(({ name }) => name)
  const known = new Set(names)
  const targets = new Map<string, string[]>()
  for (const { name, path, settings } of entries) {
    const wanted = (settings?.dependencies ?? []).map((dependency) => dependency.target_project)
    targets.set(
      name,
      wanted.filter((target) => known.has(target)),
    )
    for (const [index, target] of wanted.entries()) {
      if (known.has(target)) continue
      findings.problems.push(file.problem([...path, 'dependencies', index, 'target_project'], noProject(target, names)))
    }
  }
  for (const circle of circles(targets)) {
    const entry = entries.find(({ name }) => name === circle[0])
    const way = [...circle, circle[0]].join(' → ')
    if (entry) findings.problems.push(file.problem([...entry.path, 'dependencies'], `depend on each other in a circle: ${way}`))
  }
}

function noProject(target: string, names: string[]): string {
  const meant = nearestWord(target, names)
  const shown = JSON.stringify(target.slice(0, 64))
  return `there is no project ${shown} in this file${meant === undefined ? '' : `; did you mean ${meant}?`}`
}

/** What remains after `peel` forms cycles; each is found once. */
function circles(targets: Map<string, string[]>): string[][] {
  const left = new Map(targets)
  const found: string[][] = []
  for (peel(left); left.size > 0; peel(left)) {
    const [start] = left.keys()
    const trail: string[] = []
    let here = start
    while (here !== undefined && !trail.includes(here)) {
      trail.push(here)
      here = left.get(here)?.find((target) => left.has(target))
    }
    const circle = trail.slice(trail.indexOf(here ?? ''))
    found.push(circle)
    for (const name of circle) left.delete(name)
  }
  return found
}

function peel(left: Map<string, string[]>): void {
  const dependents = new Map<string, string[]>()
  const open = new Map<string, number>()
  for (const [name, targets] of left) {
    const inside = new Set(targets.filter((target) => left.has(target)))
    open.set(name, inside.size)
    for (const target of inside) dependents.set(target, [...(dependents.get(target) ?? []), name])
  }
  const free = [...open].filter(([, count]) => count === 0).map(([name]) => name)
  for (let name = free.pop(); name !== undefined; name = free.pop()) {
    left.delete(name)
    for (const dependent of dependents.get(name) ?? []) {
      const count = (open.get(dependent) ?? 0) - 1
      open.set(dependent, count)
      if (count === 0) free.push(dependent)
    }
  }
}
