import { type FSWatcher, watch } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'

/** Watches single folders, not their subfolders. On network file systems the kernel may report nothing. */
export type FolderWatch = {
  enter(path: string): Promise<void>
  leave(path: string): void
  isWatching(): boolean
  refusal(): string | undefined
  close(): void
}

type Settings = {
  changed(path: string, name: string | undefined): void
  refused(reason: string): void
}

type WatchedFolders = Map<string, { watcher: FSWatcher; print: string }>

/** Starts without watching anything. */
export function openFolderWatch({ changed, refused }: Settings): FolderWatch {
  const watched: WatchedFolders = new Map()
  let refusal: string | undefined

  function refuse(error: unknown) {
    const reason = refusalWords(error)
    if (refusal === undefined) refused(reason)
    refusal = reason
  }

  function begin(path: string): FSWatcher {
    const watcher = watch(path, (_, name) => {
      const isSelf = name === null || name === basename(path)
      if (isSelf) leave(watched, path)
      changed(path, isSelf ? undefined : name)
    })
    return watcher.on('error', () => {
      leave(watched, path)
      changed(path, undefined)
    })
  }

  return {
    async enter(path) {
      const print = await printOf(path)
      if (print === undefined) return leave(watched, path)
      if (watched.get(path)?.print === print) return
      leave(watched, path)
      try {
        watched.set(path, { watcher: begin(path), print })
        refusal = undefined
      } catch (error) {
        refuse(error)
      }
    },
    leave: (path) => leave(watched, path),
    isWatching: () => refusal === undefined && watched.size > 0,
    refusal: () => refusal,
    close() {
      for (const path of [...watched.keys()]) leave(watched, path)
    },
  }
}

const REFUSALS: Record<string, string> = {
  ENOSPC: 'no file watches are left on this machine (fs.inotify.max_user_watches)',
  EMFILE: 'no watchers are left for this user (fs.inotify.max_user_instances), or no open files',
  ENFILE: 'no open files are left on this machine',
}

function refusalWords(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined
  return (code === undefined ? undefined : REFUSALS[code]) ?? `the system refused to watch a folder (${code ?? String(error)})`
}

function leave(watched: WatchedFolders, path: string) {
  watched.get(path)?.watcher.close()
  watched.delete(path)
}

/** Inode numbers are reused, so the creation time is part of the identity. */
async function printOf(path: string): Promise<string | undefined> {
  try {
    const found = await stat(path)
    return found.isDirectory() ? `${found.dev}:${found.ino}:${found.birthtimeMs}` : undefined
  } catch {
    return undefined
  }
}
