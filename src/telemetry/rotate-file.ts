import { rename, stat } from 'node:fs/promises'
import { tryFileLock } from './file-lock.ts'

export type Rotation = {
  /** No larger than this, but for what several processes write at the same moment. */
  limitBytes: number
  /** Older files that are kept, as `.1` (the newest) and so on. */
  backups: number
}

/** The guide's figures: five files of 10 MiB beside the one that is written. */
export const ROTATION: Rotation = { limitBytes: 10 * 1024 * 1024, backups: 5 }

/**
 * Moves a file and its elders one number up. Of several processes that wish it at once, one does: the others find another
 * file at the path, or the lock taken, and write on where they are. Rejects where files cannot be renamed.
 */
export async function rotateFile(path: string, { inode, backups }: { inode: number; backups: number }): Promise<void> {
  const release = tryFileLock(`${path}.lock`)
  if (!release) return
  try {
    if ((await statOf(path))?.ino !== inode) return
    for (let number = backups - 1; number >= 1; number--) await renameIfThere(`${path}.${number}`, `${path}.${number + 1}`)
    await rename(path, `${path}.1`)
  } finally {
    release()
  }
}

/** What is at a path; undefined where nothing is. */
export async function statOf(path: string) {
  try {
    return await stat(path)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

async function renameIfThere(from: string, to: string) {
  try {
    await rename(from, to)
  } catch (error) {
    if (!isMissing(error)) throw error
  }
}

const isMissing = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ENOENT'
