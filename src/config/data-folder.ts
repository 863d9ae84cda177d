import { accessSync, constants, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** Whether what is missing is made, as at a start, or only looked at. */
export type Looking = { makes: boolean }

/** Says in words why the folder for events cannot be used, or nothing when it can. Makes it where it is missing, if that is wanted. */
export function dataFolderProblem(folder: string, { makes }: Looking): string | undefined {
  try {
    if (makes) mkdirSync(folder, { recursive: true, mode: 0o750 })
    accessSync(makes ? folder : nearestThere(folder), constants.R_OK | constants.W_OK | constants.X_OK)
    return undefined
  } catch (error) {
    return `${inWords(error)}; choose another folder with --data-dir or DATA_DIR`
  }
}

/** The folder itself, or the one in which it, or what leads to it, would be made. */
function nearestThere(folder: string): string {
  const found = statSync(folder, { throwIfNoEntry: false })
  if (found === undefined) return nearestThere(dirname(folder))
  if (!found.isDirectory()) throw Object.assign(new Error('not a folder'), { code: 'EEXIST' })
  return folder
}

/** Why the system refused a file or a folder, in words where it is one of the usual reasons. */
export function inWords(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
  return WORDS[code] ?? code
}

const WORDS: Record<string, string> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  EEXIST: 'it is not a folder',
  ENOTDIR: 'part of its path is not a folder',
  ENOENT: 'it cannot be made there',
  ENOSPC: 'the disk is full',
}
