import { type Action, compilePolicy } from '../auth/policy.ts'
import type { Config } from '../config/config.ts'

/** What a policy without faults holds, for `visualizer policy check`. */
export function describePolicy(lines: readonly string[]): string {
  const policy = compilePolicy(lines)
  const count = lines.length === 1 ? '1 line of policy' : `${lines.length} lines of policy`
  return `${count}, no problems; roles: ${policy.roles.join(', ')}`
}

type Asked = { user: string; action: Action; project: string; groups: readonly string[]; roles: readonly string[] }

/** Which line decides whether a user may do something, in words, for `visualizer policy why`. */
export function explainPolicy({ policy: lines, projects }: Pick<Config, 'policy' | 'projects'>, asked: Asked) {
  const { user, action, project, groups } = asked
  const policy = compilePolicy(lines)
  const listed = projects.find(({ name }) => name.toLowerCase() === project.toLowerCase())
  const roles = asked.roles.map((name) => ({ role: name.replace(/^role:/, ''), projects: ['*'] }))
  const viewer = { user, name: user, groups, roles, via: 'session' as const }
  const { isAllowed, line, isBuiltIn } = policy.decision(viewer, action, { name: project, tags: listed?.tags ?? [] })
  const why = line === undefined ? 'no line allows it' : isBuiltIn ? `a built-in line decides: ${line}` : `decided by: ${line}`
  const beside = listed ? [] : [`The configuration lists no project ${project}: as one without tags.`]
  return { isAllowed, text: [`${isAllowed ? 'yes' : 'no'}: ${why}`, ...beside].join('\n') }
}
