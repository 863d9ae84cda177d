import { ForeignId } from '../../domain/events/names.ts'

export const STATE_FOLDER = '.orch-state'

export const FOLDERS = [STATE_FOLDER, 'sprints', 'tdd_cycles'] as const
export type Folder = (typeof FOLDERS)[number]

const KNOWN_AT_TOP = new Set(['status.json', 'backlog.json'])
const NOT_A_RECORD = /^(?:\.|~|#)|(?:_state|\.tmp|\.temp|\.bak|\.backup)\.json$/i
const EXTENSION = '.json'

/** The path below .orch-state/, or undefined for copies, temporary and other files. */
export function stateFileName(folder: Folder, name: string): string | undefined {
  if (folder === STATE_FOLDER) return KNOWN_AT_TOP.has(name) ? name : undefined
  if (!name.endsWith(EXTENSION) || NOT_A_RECORD.test(name)) return undefined
  return ForeignId.safeParse(name.slice(0, -EXTENSION.length)).success ? `${folder}/${name}` : undefined
}

/** The folder of a state file. */
export function folderOf(file: string): Folder {
  return FOLDERS.find((folder) => file.startsWith(`${folder}/`)) ?? STATE_FOLDER
}

/** The path of a state file or folder, relative to the project. */
export function stateFilePath(name: string): string {
  return name === STATE_FOLDER ? name : `${STATE_FOLDER}/${name}`
}

/** Whether a name is one of the folders. */
export function isFolder(name: string): name is Folder {
  return FOLDERS.some((folder) => folder === name)
}

const FIRST_TO_LAST = ['backlog.json', 'sprints', 'tdd_cycles', 'status.json']

/** Reads stories before the cycles that refer to them, and the status last, because it shows the result. */
export function readingRank(file: string): number {
  return FIRST_TO_LAST.findIndex((start) => file.startsWith(start))
}
