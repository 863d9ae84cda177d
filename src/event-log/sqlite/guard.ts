import { type FileFault, holdFiles } from '../../sqlite/held-files.ts'
import { LogUnavailableError } from '../event-log.ts'

/** What ends the use of a log for good. `mayClose`: closing writes into the log what is in no named file any more, and harms nobody. */
export type Ending = { problem: string; mayClose: boolean }

export type Guard = {
  /** To be called on a connection that has just been opened and read: throws at each call from then on whose files do not fit. */
  hold(): () => void
  /** True once the log is used no more. */
  isOver(): boolean
}

const STEP = 'stop every program that uses this folder, then start the service again'

/**
 * Watches the files of a log. A main file that was moved may come back; what is wrong with the others ends the use of the log, since
 * a program that starts meanwhile would write another write-ahead log for the same file, and the two would destroy it.
 */
export function openGuard(file: string, end: (ending: Ending) => void): Guard {
  let ending: Ending | undefined
  return {
    hold() {
      const findFault = holdFiles(file)
      return () => {
        const fault = findFault()
        if (!fault) return
        if (fault.kind !== 'moved' && !ending) {
          const found = (ending = endingOf(fault))
          // After the transaction that is under way was taken back.
          queueMicrotask(() => end(found))
        }
        throw new LogUnavailableError(`the event log ${file} ${ending?.problem ?? MOVED}`)
      }
    },
    isOver: () => ending !== undefined,
  }
}

/** What is said of a main file that is not where it was. */
export const MOVED = 'was moved, deleted or replaced while in use; start the program again'

function endingOf({ kind, path }: FileFault): Ending {
  switch (kind) {
    case 'removed':
      // The last one that closes brings everything into the main file.
      return { problem: `takes no more events: ${path} was removed while in use; ${STEP}`, mayClose: true }
    case 'replaced':
      return { problem: `takes no more events: ${path} was replaced while in use; ${STEP}`, mayClose: false }
    default:
      return {
        problem: `takes no more events: ${path} was cut short while in use; ${STEP}, with a backup where the start asks for it`,
        mayClose: false,
      }
  }
}
