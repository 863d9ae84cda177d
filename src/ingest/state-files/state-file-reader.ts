import { constants } from 'node:fs'
import { type FileHandle, lstat, open, readlink, realpath, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import type { STATE_FILE_PROBLEMS } from '../../domain/events/event.ts'
import { boundContent } from '../../domain/state-files/state-file-bounds.ts'
import { folderOf, STATE_FOLDER } from './state-file-names.ts'
import { parseStateFile } from './state-file-text.ts'
import { isoTime } from '../../domain/events/stated-time.ts'

export type StateFileProblem = (typeof STATE_FILE_PROBLEMS)[number]

/** `hash` is that of the bytes, `mtime` ISO 8601; `witness` identifies this disappearance. */
export type Reading =
  | { kind: 'content'; mtime: string; hash: string; bytes: number; content: Record<string, unknown>; droppedRecords: number }
  | { kind: 'problem'; problem: StateFileProblem; detail: string; mtime: string | undefined }
  | { kind: 'absent'; witness: string }
  | { kind: 'folder absent' }

const MIB = 1024 * 1024
export const CONTENT_LIMIT_BYTES = 4 * MIB
export const FILE_LIMIT_BYTES = 32 * MIB

// A FIFO in the file's place must not block; the path is resolved already, so links are not followed.
const READ_ONLY = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW

/** Reads a state file of a project; never writes, creates or locks anything. */
export async function readStateFile(projectPath: string, file: string): Promise<Reading> {
  const folder = folderPath(projectPath, folderOf(file))
  const path = join(projectPath, STATE_FOLDER, file)
  try {
    const kind = kindOf(await lstat(path))
    if (kind !== 'file' && kind !== 'link') return unreadable(`it is a ${kind}`)
    const [real, home] = await Promise.all([realpath(path), realpath(join(projectPath, STATE_FOLDER))])
    if (!isInside(home, real)) return unreadable('it is a link that leads out of its folder')
    return await readReal({ file, real, home })
  } catch (error) {
    if (!isAbsent(error)) return unreadable(reasonOf(error))
    const witness = await witnessOf(folder)
    return witness === undefined ? { kind: 'folder absent' } : { kind: 'absent', witness }
  }
}

/** The path of `.orch-state` or a folder in it. */
export function folderPath(projectPath: string, folder: string): string {
  return folder === STATE_FOLDER ? join(projectPath, folder) : join(projectPath, STATE_FOLDER, folder)
}

type Resolved = { file: string; real: string; home: string }

async function readReal({ file, real, home }: Resolved): Promise<Reading> {
  const handle = await open(real, READ_ONLY)
  try {
    const before = await handle.stat()
    const mtime = isoTime(before.mtimeMs)
    if (!before.isFile()) return unreadable(`it is a ${kindOf(before)}`)
    if (!(await isStillInside(handle, home))) return unreadable('it is a link that leads out of its folder')
    if (before.size > FILE_LIMIT_BYTES) return tooLarge(`it has ${mib(before.size)}, more than ${mib(FILE_LIMIT_BYTES)}`, mtime)
    const bytes = await readBounded(handle, before.size)
    const after = await handle.stat()
    const isTorn = after.mtimeMs !== before.mtimeMs || after.size !== before.size || bytes.length !== before.size
    return isTorn
      ? { kind: 'problem', problem: 'damaged', detail: 'it changes while it is read', mtime }
      : contentOf({ file, bytes, mtime })
  } finally {
    await handle.close()
  }
}

function contentOf({ file, bytes, mtime }: { file: string; bytes: Uint8Array; mtime: string }): Reading {
  const parsed = parseStateFile(bytes)
  if ('damage' in parsed) return { kind: 'problem', problem: 'damaged', detail: parsed.damage, mtime }
  const hash = new Bun.CryptoHasher('sha256').update(bytes).digest('hex')
  // Serialized numbers can be longer than written: 1e20.
  const isSurelySmall = bytes.length * 6 < CONTENT_LIMIT_BYTES
  const bounded = isSurelySmall ? { ...parsed, droppedRecords: 0 } : boundContent(file, parsed.content, CONTENT_LIMIT_BYTES)
  if (!bounded) return tooLarge(`one record has more than ${mib(CONTENT_LIMIT_BYTES)}`, mtime)
  return { kind: 'content', mtime, hash, bytes: Math.min(bytes.length, CONTENT_LIMIT_BYTES), ...bounded }
}

async function readBounded(handle: FileHandle, size: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafe(size + 1)
  let length = 0
  while (length < bytes.length) {
    const { bytesRead } = await handle.read(bytes, length, bytes.length - length, length)
    if (bytesRead === 0) break
    length += bytesRead
  }
  return bytes.subarray(0, length)
}

/** A folder may have become a link after the path was resolved (TOCTOU), so the opened file is checked. */
async function isStillInside(handle: FileHandle, home: string): Promise<boolean> {
  if (process.platform !== 'linux') return true
  return isInside(home, await readlink(`/proc/self/fd/${handle.fd}`))
}

/** Whether a resolved path is below a resolved folder. */
export function isInside(home: string, path: string): boolean {
  return path.startsWith(home.endsWith(sep) ? home : home + sep)
}

type Kinds = { isFile(): boolean; isDirectory(): boolean; isSymbolicLink(): boolean; isFIFO(): boolean }

/** The kind of a file system entry, for people. */
export function kindOf(found: Kinds): 'file' | 'folder' | 'link' | 'pipe' | 'device' {
  if (found.isFile()) return 'file'
  if (found.isDirectory()) return 'folder'
  if (found.isSymbolicLink()) return 'link'
  return found.isFIFO() ? 'pipe' : 'device'
}

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : undefined)

/** Whether a call failed with ENOENT. */
export function isAbsent(error: unknown): boolean {
  return codeOf(error) === 'ENOENT'
}

const REASONS: Record<string, string> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENOTDIR: 'a part of its path is no folder',
  ELOOP: 'it is a link that leads back to itself',
  ESTALE: 'the file server forgot it (ESTALE)',
  EIO: 'the disk or file server failed (EIO)',
}

/** The reason of a failed call, for people. Errors without a code are bugs and thrown on. */
export function reasonOf(error: unknown): string {
  const code = codeOf(error)
  if (code === undefined) throw error
  return REASONS[code] ?? code
}

/** A folder's modification time, or undefined if it is missing. */
export async function witnessOf(folder: string): Promise<string | undefined> {
  try {
    return isoTime((await stat(folder)).mtimeMs)
  } catch (error) {
    reasonOf(error)
    return undefined
  }
}

const mib = (bytes: number) => `${Math.round((bytes / MIB) * 10) / 10} MiB`
const unreadable = (detail: string): Reading => ({ kind: 'problem', problem: 'unreadable', detail, mtime: undefined })
const tooLarge = (detail: string, mtime: string): Reading => ({ kind: 'problem', problem: 'too_large', detail, mtime })
