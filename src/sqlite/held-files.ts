import { readdirSync, readlinkSync, readSync, realpathSync, statSync } from 'node:fs'

/** `moved`: the main file. `removed`, `replaced`: one beside it. `cut`: shorter than the database's index says. */
export type FileFault = { kind: 'moved' | 'removed' | 'replaced' | 'cut'; path: string }

const WAL_HEADER_BYTES = 32
const FRAME_HEADER_BYTES = 24

const find = (path: string) => statSync(path, { throwIfNoEntry: false })

/** Remembers an open database's files, and returns a check for the first fault; SQLite itself never removes them while open. */
export function holdFiles(file: string): () => FileFault | undefined {
  const [walPath, shmPath] = [`${file}-wal`, `${file}-shm`]
  const [main, wal, shm] = [statSync(file), find(walPath), find(shmPath)]
  if (!wal || !shm) return () => ({ kind: 'removed', path: wal ? shmPath : walPath })
  const readIndex = openIndex(shmPath)
  let knownBytes = main.size

  function findCut(index: Index, sizes: { main: number; wal: number }): string | undefined {
    const { frames, backfilled, pages, pageBytes } = index
    if (frames > 0 && sizes.wal < WAL_HEADER_BYTES + frames * (FRAME_HEADER_BYTES + pageBytes)) return walPath
    const wholeBytes = pages * pageBytes
    const leastBytes = pages === 0 ? knownBytes : frames === backfilled ? wholeBytes : Math.min(knownBytes, wholeBytes)
    if (sizes.main < leastBytes) return file
    knownBytes = sizes.main
    return undefined
  }

  return () => {
    const before = readIndex()
    const [mainNow, walNow, shmNow] = [find(file), find(walPath), find(shmPath)]
    if (mainNow?.ino !== main.ino) return { kind: 'moved', path: file }
    if (!walNow || !shmNow) return { kind: 'removed', path: walNow ? shmPath : walPath }
    if (walNow.ino !== wal.ino) return { kind: 'replaced', path: walPath }
    if (shmNow.ino !== shm.ino) return { kind: 'replaced', path: shmPath }
    if (shmNow.size < shm.size) return { kind: 'cut', path: shmPath }
    const index = readIndex()
    // A write is under way: the next look will do.
    if (!before || before.text !== index?.text) return undefined
    const path = findCut(index, { main: mainNow.size, wal: walNow.size })
    return path === undefined ? undefined : { kind: 'cut', path }
  }
}

type Index = {
  text: string
  pageBytes: number
  /** Of the write-ahead log. */ frames: number
  /** Frames of which the main file has the pages. */ backfilled: number
  /** Of the database; 0 where nothing was committed yet. */ pages: number
}

const COPY_WORDS = 12
const BACKFILLED_WORD = 24

/** Reads the index through SQLite's own descriptor: closing another one would drop SQLite's locks. Undefined during a write. */
function openIndex(shm: string): () => Index | undefined {
  const descriptor = findDescriptor(shm)
  const words = new Uint32Array(BACKFILLED_WORD + 1)
  return () => {
    if (descriptor === undefined || readSync(descriptor, words, 0, words.byteLength, 0) < words.byteLength) return undefined
    if (words.subarray(0, COPY_WORDS).join() !== words.subarray(COPY_WORDS, BACKFILLED_WORD).join()) return undefined
    const [, , , , frames = 0, pages = 0] = words
    const size = new Uint16Array(words.buffer)[7] ?? 0
    const backfilled = words[BACKFILLED_WORD] ?? 0
    return { text: words.join(), pageBytes: size === 1 ? 65_536 : size, frames, backfilled, pages }
  }
}

function findDescriptor(path: string): number | undefined {
  if (process.platform !== 'linux') return undefined
  const real = realpathSync(path)
  const found = readdirSync('/proc/self/fd').find((name) => {
    try {
      return readlinkSync(`/proc/self/fd/${name}`) === real
    } catch {
      return false
    }
  })
  return found === undefined ? undefined : Number(found)
}
