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
 * Moves a file and its elders one number up. It leaves its path first: others that write on meanwhile do so for the time of one rename,
 * however many elders there are. Of several processes that wish it at once, one does: the others find another file at the path,
 * or the lock taken, and write on where they are. Rejects where files cannot be renamed.
 */
export async function rotateFile(path: string, { inode, backups }: { inode: number; backups: number }): Promise<void> {
  const release = tryFileLock(`${path}.lock`)
  if (!release) return
  try {
    if ((await statOf(path))?.ino !== inode) return
    const leaving = `${path}.rotating`
    // Of a process that ended on the way.
    if (await statOf(leaving)) await becomeNewest(path, { leaving, backups })
    await rename(path, leaving)
    await becomeNewest(path, { leaving, backups })
  } finally {
    release()
  }
}

/** Elders move up to the first free number, the oldest of all is lost; while they do, no other rotation can begin, so no rename is in vain. */
async function becomeNewest(path: string, { leaving, backups }: { leaving: string; backups: number }) {
  let free = 1
  while (free < backups && (await statOf(`${path}.${free}`))) free += 1
  for (let number = free - 1; number >= 1; number--) await rename(`${path}.${number}`, `${path}.${number + 1}`)
  await rename(leaving, `${path}.1`)
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

const isMissing = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ENOENT'
