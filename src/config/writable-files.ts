import { accessSync, closeSync, constants, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { LogFilesConfig } from './config.ts'
import type { Outside } from './environment.ts'
import type { Findings } from './findings.ts'

/** The log files, and who rotates them; reports contradictions. */
export function readLogFiles({ given, problem }: Outside, { cwd, findings }: { cwd: string; findings: Findings }): LogFilesConfig {
  const { LOG_FILE, ACCESS_LOG_FILE, LOG_ROTATION } = given
  const records = LOG_FILE === undefined ? undefined : resolve(cwd, LOG_FILE)
  const access = ACCESS_LOG_FILE === undefined ? undefined : resolve(cwd, ACCESS_LOG_FILE)
  if (access !== undefined && access === records) findings.problems.push(problem('ACCESS_LOG_FILE', 'names the same file as LOG_FILE'))
  if (LOG_ROTATION !== undefined && records === undefined && access === undefined) {
    findings.warnings.push(problem('LOG_ROTATION', 'is not used without LOG_FILE or ACCESS_LOG_FILE'))
  }
  return { records, access, rotation: LOG_ROTATION ?? 'internal' }
}

/** Why a log file cannot be written; undefined when all can. May create files, never folders. */
export function logFilesProblem({ records, access, rotation }: LogFilesConfig, looking: Looking): string | undefined {
  for (const [name, path] of Object.entries({ LOG_FILE: records, ACCESS_LOG_FILE: access })) {
    if (path === undefined) continue
    const reason = fileProblem(path, rotation, looking)
    if (reason !== undefined) return `the log file ${path} cannot be used: ${reason}; choose another with ${name}`
  }
  return undefined
}

function fileProblem(path: string, rotation: LogFilesConfig['rotation'], { makes }: Looking): string | undefined {
  const folder = dirname(path)
  try {
    // Renaming needs write access to the folder.
    accessSync(folder, rotation === 'internal' ? constants.W_OK | constants.X_OK : constants.X_OK)
  } catch (error) {
    return isMissing(error) ? `the folder ${folder} does not exist` : `in its folder, ${inWords(error)}`
  }
  try {
    if (makes) closeSync(openSync(path, 'a+', 0o644))
    else if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return 'it is a folder'
    else accessSync(isThere(path) ? path : folder, constants.W_OK)
    return undefined
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EISDIR' ? 'it is a folder' : inWords(error)
  }
}

const isThere = (path: string) => statSync(path, { throwIfNoEntry: false }) !== undefined

const isMissing = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ENOENT'

/** `makes`: creates what is missing. */
export type Looking = { makes: boolean }

/** Why the data folder cannot be used; undefined when it can. May create it. */
export function dataFolderProblem(folder: string, { makes }: Looking): string | undefined {
  try {
    if (makes) mkdirSync(folder, { recursive: true, mode: 0o750 })
    accessSync(makes ? folder : nearestThere(folder), constants.R_OK | constants.W_OK | constants.X_OK)
    return undefined
  } catch (error) {
    return `${inWords(error)}; choose another folder with --data-dir or DATA_DIR`
  }
}

function nearestThere(folder: string): string {
  const found = statSync(folder, { throwIfNoEntry: false })
  if (found === undefined) return nearestThere(dirname(folder))
  if (!found.isDirectory()) throw Object.assign(new Error('not a folder'), { code: 'EEXIST' })
  return folder
}

/** The system's error in words. */
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
