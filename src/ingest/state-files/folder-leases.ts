import { access } from 'node:fs/promises'
import type { Lease } from '../../key-value/leases.ts'
import type { StateFiles, WatchedProject } from './state-files.ts'

type Deps = {
  projects: readonly WatchedProject[]
  files: Pick<StateFiles, 'setProjects'>
  leases: { want(lease: Lease): void }
  lookMs?: number
}

export type FolderLeases = {
  isThere(project: WatchedProject): boolean
  close(): void
}

const LOOK_MS = 2_000

/** A watcher keeps its lease this long after its folder vanished, to report it; then others may take over. */
const GONE_FOR_MS = 20_000

type Place = WatchedProject & { seenAt: number; isThere: boolean; isLooking: boolean; isWanted: boolean; isHeld: boolean }

/** Has each folder watched by one worker that can see it. A check that hangs counts as a missing folder. */
export function leaseFolders({ projects, files, leases, lookMs = LOOK_MS }: Deps): FolderLeases {
  const places = projects.map((project): Place => ({
    ...project,
    seenAt: -Infinity,
    isThere: true,
    isLooking: false,
    isWanted: false,
    isHeld: false,
  }))
  let isClosed = false

  function want(place: Place) {
    place.isWanted = true
    leases.want({
      key: ['lease', 'state-files', place.name, place.path],
      canHold: () => performance.now() - place.seenAt < (place.isHeld ? GONE_FOR_MS : 2 * lookMs),
      taken: () => setHeld(place, true),
      lost: () => setHeld(place, false),
    })
  }

  function setHeld(place: Place, isHeld: boolean) {
    place.isHeld = isHeld
    if (!isClosed) files.setProjects(places.filter((one) => one.isHeld))
  }

  const lookAtAll = () => places.forEach((place) => void look(place).then(() => place.isWanted || isClosed || want(place)))
  lookAtAll()
  const timer = setInterval(lookAtAll, lookMs)
  return {
    isThere: ({ name }) => places.every((place) => place.name !== name || place.isThere),
    close() {
      isClosed = true
      clearInterval(timer)
    },
  }
}

async function look(place: Place) {
  if (place.isLooking) return
  place.isLooking = true
  place.isThere = await access(place.path).then(
    () => true,
    () => false,
  )
  place.isLooking = false
  if (place.isThere) place.seenAt = performance.now()
}
