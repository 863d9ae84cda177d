import { readdirSync, readlinkSync, readSync, realpathSync, statSync } from 'node:fs'

/**
 * What is wrong with the files of an open database in write-ahead mode. `moved`: the main file has another place, or none. `removed`,
 * `replaced`: one beside it. `cut`: one is shorter than what the database's own index says.
 */
export type FileFault = { kind: 'moved' | 'removed' | 'replaced' | 'cut'; path: string }

const WAL_HEADER_BYTES = 32
const FRAME_HEADER_BYTES = 24

const find = (path: string) => statSync(path, { throwIfNoEntry: false })

/**
 * Remembers the three files that a connection has opened and read from. Gives back what tells of the first that does not fit any
 * more. SQLite itself never removes or replaces them while a connection is open, and shortens the write-ahead log only after it
 * has noted so in the index; neither a checkpoint nor its truncation is a fault. Sizes are compared on Linux only.
 */
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
    // VACUUM may have made it smaller, and has said so in the index.
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
    // Somebody writes, or copies into the main file, between the two looks: the next one will do.
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

/** The index begins with two equal copies of its header, in the machine's own order: https://sqlite.org/walformat.html */
const COPY_WORDS = 12
const BACKFILLED_WORD = 24

/**
 * Reads the index through the descriptor that SQLite holds: to close one of our own would drop SQLite's locks on the file. Undefined
 * where the index is just being written, or where descriptors cannot be looked up.
 */
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
      // The one that read the folder is gone by now.
      return false
    }
  })
  return found === undefined ? undefined : Number(found)
}
