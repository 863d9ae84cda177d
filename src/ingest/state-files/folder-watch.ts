import { type FSWatcher, watch } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'

/**
 * Watches single folders, not what is below them: a project is watched in four places however much lies in it. The
 * kernel tells of a change within a millisecond, or not at all on a file system that others write to.
 */
export type FolderWatch = {
  /** Watches a folder from now on; again when another folder has taken its place. */
  enter(path: string): Promise<void>
  leave(path: string): void
  /** False when the system has no watches left. */
  isWatching(): boolean
  /** Why the system gave no more watches; undefined where it did. */
  refusal(): string | undefined
  close(): void
}

type Settings = {
  /** Something happened to an entry; without a name, to any of them or to the folder itself. */
  changed(path: string, name: string | undefined): void
  /** Reported once when the system has no watches left, and why. */
  refused(reason: string): void
}

type Watched = Map<string, { watcher: FSWatcher; print: string }>

/** Watches nothing yet. */
export function openFolderWatch({ changed, refused }: Settings): FolderWatch {
  const watched: Watched = new Map()
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

function leave(watched: Watched, path: string) {
  watched.get(path)?.watcher.close()
  watched.delete(path)
}

/** A new folder may get the number of the one that went; when it was made tells them apart. */
async function printOf(path: string): Promise<string | undefined> {
  try {
    const found = await stat(path)
    return found.isDirectory() ? `${found.dev}:${found.ino}:${found.birthtimeMs}` : undefined
  } catch {
    // Gone or out of reach: there is nothing to watch, and looking at it tells people why.
    return undefined
  }
}
