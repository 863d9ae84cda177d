import { ForeignId } from '../../domain/events/names.ts'

/** Where a project's orchestrator keeps its state. */
export const STATE_FOLDER = '.orch-state'

/** The folders that hold state files: `.orch-state` itself, and what is below it. The names also name them in notices. */
export const FOLDERS = [STATE_FOLDER, 'sprints', 'tdd_cycles'] as const
export type Folder = (typeof FOLDERS)[number]

const KNOWN_AT_TOP = new Set(['status.json', 'backlog.json'])
const NOT_A_RECORD = /^(?:\.|~|#)|(?:_state|\.tmp|\.temp|\.bak|\.backup)\.json$/i
const EXTENSION = '.json'

/** The path below .orch-state/ of an entry that is a state file; undefined for copies, temporary files and all else. */
export function stateFileName(folder: Folder, name: string): string | undefined {
  if (folder === STATE_FOLDER) return KNOWN_AT_TOP.has(name) ? name : undefined
  if (!name.endsWith(EXTENSION) || NOT_A_RECORD.test(name)) return undefined
  return ForeignId.safeParse(name.slice(0, -EXTENSION.length)).success ? `${folder}/${name}` : undefined
}

/** The folder that a state file is in. */
export function folderOf(file: string): Folder {
  return FOLDERS.find((folder) => file.startsWith(`${folder}/`)) ?? STATE_FOLDER
}

/** Where a state file, or a folder of them, lies in its project. */
export function stateFilePath(name: string): string {
  return name === STATE_FOLDER ? name : `${STATE_FOLDER}/${name}`
}

/** Whether a name is that of a folder of state files, not of one of the files. */
export function isFolder(name: string): name is Folder {
  return FOLDERS.some((folder) => folder === name)
}

const FIRST_TO_LAST = ['backlog.json', 'sprints', 'tdd_cycles', 'status.json']

/** Stories before the cycles that are named after them, and the status last: it says where all of them led. */
export function readingRank(file: string): number {
  return FIRST_TO_LAST.findIndex((start) => file.startsWith(start))
}
