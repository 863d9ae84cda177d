import { editDistance, nearestWord } from '../domain/nearest-word.ts'
import { KNOWN_VARIABLES, outsideProblem, type Variables } from './environment.ts'
import type { Findings } from './findings.ts'
import { LATER_VARIABLES } from './later-settings.ts'

/** What other parts of the program read: the commands that talk to a service, and whether there are colours. */
const KNOWN = [...KNOWN_VARIABLES, ...LATER_VARIABLES, 'VISUALIZER_URL', 'VISUALIZER_TOKEN', 'NO_COLOR']

/** Beginnings that other programs seldom use. */
const FAMILIES = /^(VISUALIZER|ORCH|REDIS|DATABASE|LOG|ACCESS_LOG|WORKERS?|MAX_VIEWERS|MAX_PROJECTS|HEALTH_CHECK|STATIC_FILE|GZIP)_/i

/** Kubernetes and Docker set these for every service that is called redis or database. */
const INJECTED = /_(SERVICE_|PORT(_|$))/i
const FOREIGN = /^npm_/i

/**
 * Finds variables that look like ours and are not: what was meant would silently not count. Those of a family of ours, and those
 * that are a slip of the pen away from one; the rest of the environment belongs to others. Values are not repeated.
 */
export function findUnknownVariables(env: Variables, findings: Findings): void {
  for (const [name, text] of Object.entries(env)) {
    if (text === undefined || text.trim() === '' || KNOWN.includes(name) || FOREIGN.test(name) || INJECTED.test(name)) continue
    const slip = slipOf(name)
    if (slip === undefined && !FAMILIES.test(name)) continue
    const meant = slip ?? nearestWord(name, KNOWN)
    const advice = meant === undefined ? 'it is not used' : `did you mean ${meant}?`
    findings.warnings.push(outsideProblem(name, `is not a known variable; ${advice}`))
  }
}

const bare = (name: string) => name.toLowerCase().replace(/[_-]/g, '')

/** The known name that differs in case or dashes only, or by a letter or two where it is long enough to tell. */
function slipOf(name: string): string | undefined {
  const written = bare(name)
  const mayDiffer = name.length >= 8 ? 2 : name.length >= 5 ? 1 : 0
  return KNOWN.find((known) => editDistance(written, bare(known)) <= mayDiffer)
}
