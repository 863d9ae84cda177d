import { accessSync, constants, mkdirSync } from 'node:fs'

/** Makes the folder for events where it is missing. Says in words why it cannot be used, or nothing when it can. */
export function dataFolderProblem(folder: string): string | undefined {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o750 })
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK)
    return undefined
  } catch (error) {
    return `${inWords(error)}; choose another folder with --data-dir or DATA_DIR`
  }
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
