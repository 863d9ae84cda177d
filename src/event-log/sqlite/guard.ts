import { type FileFault, holdFiles } from '../../sqlite/held-files.ts'
import { LogUnavailableError } from '../event-log.ts'

export type LogEnding = { problem: string; mayClose: boolean }

export type Guard = {
  hold(): () => void
  isOver(): boolean
}

const STEP = 'stop every program that uses this folder, then start the service again'

/** Watches the log's files. A moved main file may come back; others end the use: a second write-ahead log could destroy the file. */
export function openGuard(file: string, end: (ending: LogEnding) => void): Guard {
  let ending: LogEnding | undefined
  return {
    hold() {
      const findFault = holdFiles(file)
      return () => {
        const fault = findFault()
        if (!fault) return
        if (fault.kind !== 'moved' && !ending) {
          const found = (ending = endingOf(fault))
          queueMicrotask(() => end(found))
        }
        throw new LogUnavailableError(`the event log ${file} ${ending?.problem ?? MOVED}`)
      }
    },
    isOver: () => ending !== undefined,
  }
}

export const MOVED = 'was moved, deleted or replaced while in use; start the program again'

function endingOf({ kind, path }: FileFault): LogEnding {
  switch (kind) {
    case 'removed':
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
