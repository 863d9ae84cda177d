import { closeSync, mkdtempSync, openSync, rmSync, statfsSync, unlinkSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { endAfter, type Lifetime } from './ending.ts'

export type SmallDisk = {
  folder: string
  /** Takes all space that is left. */
  fill(): void
  /** Gives it back. */
  empty(): void
}

/** A file system of a few MiB that goes when the test or file is over. */
export function smallDisk(sizeMib: number, lifetime: Lifetime = 'test'): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'small-disk-'))
  const { exitCode, stderr } = Bun.spawnSync(['mount', '-t', 'tmpfs', '-o', `size=${sizeMib}m`, 'tmpfs', folder])
  if (exitCode !== 0) throw new Error(`this test mounts a small tmpfs, which needs root: ${stderr.toString()}`)
  endAfter(lifetime, () => {
    Bun.spawnSync(['umount', '--lazy', folder])
    rmSync(folder, { recursive: true, force: true })
  })
  const ballast = join(folder, 'ballast')
  return { folder, fill: () => fill(ballast, statfsSync(folder)), empty: () => unlinkSync(ballast) }
}

function fill(path: string, { bavail, bsize }: { bavail: number; bsize: number }) {
  const file = openSync(path, 'w')
  const chunk = Buffer.alloc(bsize)
  try {
    for (let block = 0; block <= bavail; block++) writeSync(file, chunk)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
  } finally {
    closeSync(file)
  }
}
