import { access } from 'node:fs/promises'
import { join } from 'node:path'
import type { Lease } from '../../key-value/leases.ts'
import { stateFilePath } from './state-file-names.ts'
import { POLL_MS, type StateFiles, type StateFilesHealth, type WatchedProject } from './state-files.ts'

type Deps = {
  projects: readonly WatchedProject[]
  files: Pick<StateFiles, 'setProjects' | 'health'>
  leases: { want(lease: Lease): void }
  lookMs?: number
}

const LOOK_MS = 2_000

/** A watcher keeps its lease this long after its folder vanished, to report it; then others may take over. */
const GONE_FOR_MS = 20_000

type LeasedFolder = WatchedProject & { seenAt: number; isThere: boolean; isLooking: boolean; isWanted: boolean; isHeld: boolean }

/** Has each folder watched by one worker that can see it. A check that hangs counts as a missing folder. */
export function leaseFolders({ projects, files, leases, lookMs = LOOK_MS }: Deps) {
  const folders = projects.map((project): LeasedFolder => ({
    ...project,
    seenAt: -Infinity,
    isThere: true,
    isLooking: false,
    isWanted: false,
    isHeld: false,
  }))
  let isClosed = false

  function want(folder: LeasedFolder) {
    folder.isWanted = true
    leases.want({
      key: ['lease', 'state-files', folder.name, folder.path],
      canHold: () => performance.now() - folder.seenAt < (folder.isHeld ? GONE_FOR_MS : 2 * lookMs),
      taken: () => setHeld(folder, true),
      lost: () => setHeld(folder, false),
    })
  }

  function setHeld(folder: LeasedFolder, isHeld: boolean) {
    folder.isHeld = isHeld
    if (!isClosed) files.setProjects(folders.filter((one) => one.isHeld))
  }

  const lookAtAll = () => folders.forEach((folder) => void look(folder).then(() => folder.isWanted || isClosed || want(folder)))
  lookAtAll()
  const timer = setInterval(lookAtAll, lookMs)
  return {
    /** What operators should know of the folders, a sentence each. */
    warnings() {
      const absent = new Set(folders.flatMap(({ name, isThere }) => (isThere ? [] : [name])))
      return [
        ...projects.filter(({ name }) => absent.has(name)).map(absenceOf),
        ...files.health().flatMap((health) => (absent.has(health.project) ? [] : problemsOf(health))),
      ]
    },
    close() {
      isClosed = true
      clearInterval(timer)
    },
  }
}

async function look(folder: LeasedFolder) {
  if (folder.isLooking) return
  folder.isLooking = true
  folder.isThere = await access(folder.path).then(
    () => true,
    () => false,
  )
  folder.isLooking = false
  if (folder.isThere) folder.seenAt = performance.now()
}

const absenceOf = ({ name, path }: WatchedProject) => `project ${name}: the folder ${path} is not there or cannot be entered`

function problemsOf({ project, path, problems, refusal }: StateFilesHealth): string[] {
  const unwatched =
    refusal === undefined ? [] : [`project ${project}: its files are not watched but looked at every ${POLL_MS / 1_000} s: ${refusal}`]
  const files = problems.map(
    ({ file, problem, detail }) =>
      `project ${project}: ${join(path, stateFilePath(file))} ${problem}${detail === undefined ? '' : `: ${detail}`}`,
  )
  return [...unwatched, ...files]
}
