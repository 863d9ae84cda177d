import type { Project } from '../domain/registry/project-registry.ts'
import type { Policy } from './policy.ts'
import type { Viewer } from './viewer.ts'

export type Rights = {
  act: boolean
  manage: boolean
  /** Texts of people and agents are hidden from them. */
  isFiguresOnly: boolean
}

export const NO_RIGHTS: Rights = { act: false, manage: false, isFiguresOnly: false }

/** What somebody may do to a project that they see. */
export function rightsOn(policy: Policy, viewer: Viewer, project: Pick<Project, 'name' | 'tags' | 'privacy'>): Rights {
  const act = policy.allows(viewer, 'act', project)
  return { act, manage: policy.allows(viewer, 'manage', project), isFiguresOnly: !act && project.privacy === 'metadata_only' }
}

/** A short name for rights; empty for all of them. */
export function rightsCode({ act, manage, isFiguresOnly }: Rights): string {
  const code = `${act ? 'a' : ''}${manage ? 'm' : ''}${isFiguresOnly ? 'f' : ''}`
  return code === 'am' ? '' : code || 'n'
}

/** The rights of a short name. */
export const rightsNamed = (code: string): Rights =>
  code === ''
    ? { act: true, manage: true, isFiguresOnly: false }
    : { act: code.includes('a'), manage: code.includes('m'), isFiguresOnly: code.includes('f') }
