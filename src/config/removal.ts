import type { Config } from './config.ts'

/** From so many projects on, more than half of them are not removed in passing. */
const MANY = 10
const NAMED = 3

type Wanted = Pick<Config, 'projects' | 'allowRemoval'>

/**
 * Why a configuration must not take the place of one that listed these projects: it would archive all of them, or more than half
 * of ten or more, and does not say that this is meant. A file that was emptied or cut off is no order. One project alone that gave way to
 * another was renamed. Undefined where nothing is wrong.
 */
export function removalProblem(listed: readonly string[], { projects, allowRemoval }: Wanted): string | undefined {
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
