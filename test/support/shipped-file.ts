import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dir, '../..')

/** What lies below the root of the repository, as it is shipped. */
export const shipped = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

/**
 * A shipped file with what a test machine must have otherwise: ports, certificates. Each pattern has to be found as often as it
 * says (once), so that a file that changed is not tested in an older form.
 */
export function adapted(text: string, changes: readonly [pattern: RegExp, replacement: string, times?: number][]): string {
  return changes.reduce((whole, [pattern, replacement, times = 1]) => {
    const found = [...whole.matchAll(new RegExp(pattern, 'gm'))].length
    if (found !== times) throw new Error(`${pattern} is in the file ${found} times, not ${times}`)
    return whole.replaceAll(new RegExp(pattern, 'gm'), replacement)
  }, text)
}
