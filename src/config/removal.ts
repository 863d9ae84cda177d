import type { Config } from './config.ts'

/** From so many projects on, dropping most of them needs `allow_removal`. */
const MANY = 10
const NAMED = 3

type NextProjects = Pick<Config, 'projects' | 'allowRemoval'>

/** Why a configuration must not replace the present one: it drops all projects, or most of ten or more. */
export function removalProblem(listed: readonly string[], { projects, allowRemoval }: NextProjects): string | undefined {
  const wanted = new Set(projects.map(({ name }) => name.toLowerCase()))
  const removed = listed.filter((name) => !wanted.has(name.toLowerCase()))
  const isAll = removed.length === listed.length && removed.length > 0 && (listed.length > 1 || wanted.size === 0)
  const isMost = listed.length >= MANY && removed.length > listed.length / 2
  if (allowRemoval || !(isAll || isMost)) return undefined
  const names = removed.slice(0, NAMED).join(', ') + (removed.length > NAMED ? ` and ${removed.length - NAMED} more` : '')
  const whole =
    listed.length === 1 ? 'the only project' : `${removed.length === listed.length ? 'all' : removed.length} of ${listed.length} projects`
  return `would archive ${whole} (${names}), which it no longer lists: if that is meant, it says allow_removal: true`
}
