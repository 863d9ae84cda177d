import { rename, stat } from 'node:fs/promises'
import { Database } from 'bun:sqlite'

export type Rotation = {
  limitBytes: number
  backups: number
}

/** Five files of 10 MiB besides the current one. */
export const ROTATION: Rotation = { limitBytes: 10 * 1024 * 1024, backups: 5 }

/**
 * Renames a file and its backups one number up. The file is moved first, so that others find it missing only briefly.
 * Of several processes one does it; the others notice and continue. Rejects when files cannot be renamed.
 */
export async function rotateFile(path: string, { inode, backups }: { inode: number; backups: number }): Promise<void> {
  const release = tryFileLock(`${path}.lock`)
  if (!release) return
  try {
    if ((await statOf(path))?.ino !== inode) return
    const leaving = `${path}.rotating`
    if (await statOf(leaving)) await becomeNewest(path, { leaving, backups })
    await rename(path, leaving)
    await becomeNewest(path, { leaving, backups })
  } finally {
    release()
  }
}

/** Backups move up to the first free number, and the oldest is replaced. The lock excludes other rotations. */
async function becomeNewest(path: string, { leaving, backups }: { leaving: string; backups: number }) {
  let free = 1
  while (free < backups && (await statOf(`${path}.${free}`))) free += 1
  for (let number = free - 1; number >= 1; number--) await rename(`${path}.${number}`, `${path}.${number + 1}`)
  await rename(leaving, `${path}.1`)
}

/** The stats of a path, or undefined if nothing is there. */
export async function statOf(path: string) {
  try {
    return await stat(path)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

const isMissing = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ENOENT'

const isBusy = (error: unknown) => error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY')

/** A lock that the kernel releases with its process: SQLite's, because Bun has no flock. Undefined while another has it. */
function tryFileLock(path: string): (() => void) | undefined {
  const file = new Database(path, { create: true })
  try {
    file.run('PRAGMA busy_timeout = 0')
    file.run('BEGIN EXCLUSIVE')
    return () => file.close()
  } catch (error) {
    file.close()
    if (isBusy(error)) return undefined
    throw error
  }
}
