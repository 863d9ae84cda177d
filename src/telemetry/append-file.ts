import { type FileHandle, open } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import { type Rotation, rotateFile, statOf } from './rotate-file.ts'

export type Appending = { written: number; problem?: unknown }

type Opened = { handle: FileHandle; inode: number; endsLine: boolean }

const LINE_END = 10
const MODE = 0o644
const SETTLE_MS = 50

/** A file that several processes append to, each call with one atomic write. A rotated or removed file is opened again. */
export function appendingFile(path: string, rotation: Rotation | undefined) {
  let opened: Opened | undefined

  /** Never rejects; problems were reported by the write. */
  async function close() {
    const { handle } = opened ?? {}
    opened = undefined
    await handle?.close().catch(() => undefined)
  }

  async function current(bytes: number): Promise<Opened> {
    opened ??= await openAt(path)
    if (!rotation) return opened
    const there = await statOf(path)
    const isFull = there !== undefined && there.size > 0 && there.size + bytes > rotation.limitBytes
    if (there?.ino === opened.inode && !isFull) return opened
    if (isFull && there.ino === opened.inode) await rotateFile(path, { inode: opened.inode, backups: rotation.backups })
    await close()
    return (opened = await openAt(path))
  }

  async function append(lines: Uint8Array): Promise<Appending> {
    let written = 0
    try {
      const file = await current(lines.byteLength)
      if (!file.endsLine) await file.handle.write('\n')
      file.endsLine = true
      while (written < lines.byteLength) written += (await file.handle.write(lines, written)).bytesWritten
      return { written }
    } catch (problem) {
      await close()
      return { written, problem }
    }
  }

  return { append, close }
}

async function openAt(path: string): Promise<Opened> {
  const handle = await open(path, 'a+', MODE)
  try {
    return { handle, inode: (await handle.stat()).ino, endsLine: await hasWholeEnd(handle) }
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** False after a partial line, as a full disk leaves it. If the file grows, another process is still writing the line. */
async function hasWholeEnd(handle: FileHandle): Promise<boolean> {
  const { size } = await handle.stat()
  const last = Buffer.alloc(1)
  if (size > 0) await handle.read(last, 0, 1, size - 1)
  if (size === 0 || last[0] === LINE_END) return true
  await setTimeout(SETTLE_MS)
  return (await handle.stat()).size > size
}
