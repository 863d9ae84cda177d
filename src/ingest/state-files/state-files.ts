import type { NewEvent } from '../../domain/events/event.ts'
import { type Bound, FILE_BOUND } from './state-file-item.ts'
import type { StateFileNews } from './state-file-news.ts'
import { isFolder, STATE_FOLDER } from './state-file-names.ts'
import type { OpenNotice } from './state-file-report.ts'
import { closeStateProject, lookAround, openStateProject, type StateProject, tellAgain } from './state-project.ts'
import { limitConcurrency } from '../concurrency-limit.ts'

export type WatchedProject = { name: string; path: string }

export type StateFilesSettings = {
  projects: readonly WatchedProject[]
  /** Stores events of one project. Rejects with LogUnavailableError while it cannot: then they are brought again. */
  accept(project: string, events: NewEvent[]): Promise<unknown>
  /** Notices about state files that the project's log holds open, so that they can be cleared after a restart. */
  openNotices?(project: string): Promise<Iterable<OpenNotice>>
  onError(error: unknown): void
  /** Reported of each thing that was reported of a file, at once and without bounds. */
  onNews?(news: StateFileNews): void
  /** How fast one file may make the log grow. */
  pace?: Bound
  /** How often everything is looked at, for changes that no watch tells of: on network file systems there is none. */
  pollMs?: number
}

export type StateFilesHealth = {
  project: string
  path: string
  /** Whether there is an .orch-state folder; undefined before the first look. */
  hasFolder: boolean | undefined
  /** False where changes are found only by looking. */
  isWatching: boolean
  /** Why the system watches no more; undefined where it does. */
  refusal: string | undefined
  files: number
  problems: { file: string; problem: string; detail: string | undefined }[]
  /** True while the log cannot store what was found. */
  isWaitingForLog: boolean
}

/** The state files of many projects, followed until closed. */
export type StateFiles = {
  /** Follows these from now on; projects that are not among them are let go, and one that moved is read anew. */
  setProjects(projects: readonly WatchedProject[]): void
  /** The log of this project is another one, and knows nothing of what was reported. */
  tellAgain(project: string): void
  health(): StateFilesHealth[]
  /** Resolves when nothing is stored any more. */
  close(): Promise<void>
}

export const POLL_MS = 15_000
/** Projects whose files are read at the same time. */
const PROJECTS_AT_ONCE = 4

/**
 * Reads and watches `.orch-state/` of every project and reports each change. Strictly read-only: nothing in a project is
 * created, locked or touched. Resolves when it has begun; what is there is then reported project by project.
 */
export async function openStateFiles(settings: StateFilesSettings): Promise<StateFiles> {
  const {
    accept,
    onError,
    onNews = () => undefined,
    openNotices = () => Promise.resolve([]),
    pollMs = POLL_MS,
    pace = FILE_BOUND,
  } = settings
  const deps = { accept, onError, onNews, openNotices, pace, limitConcurrency: limitConcurrency(PROJECTS_AT_ONCE) }
  const followed = new Map<string, StateProject>()
  const closing = new Set<Promise<void>>()

  function letGo(project: StateProject) {
    followed.delete(project.name)
    const closed = closeStateProject(project).finally(() => closing.delete(closed))
    closing.add(closed)
  }

  function setProjects(projects: readonly WatchedProject[]) {
    const paths = new Map(projects.map(({ name, path }) => [name, path]))
    for (const project of [...followed.values()]) if (paths.get(project.name) !== project.path) letGo(project)
    for (const [name, path] of paths) if (!followed.has(name)) followed.set(name, openStateProject({ name, path }, deps))
  }

  setProjects(settings.projects)
  const timer = setInterval(() => [...followed.values()].forEach(lookAround), pollMs)
  return {
    setProjects,
    tellAgain(name) {
      const project = followed.get(name)
      if (project) tellAgain(project)
    },
    health: () => [...followed.values()].map(healthOf),
    async close() {
      clearInterval(timer)
      for (const project of [...followed.values()]) letGo(project)
      await Promise.all(closing)
    },
  }
}

function healthOf(project: StateProject): StateFilesHealth {
  const { name, path, items, watch, queue } = project
  const reported = [...items].map(([file, item]) => ({ file, reported: item.reported }))
  return {
    project: name,
    path,
    hasFolder: project.scannedAt < 0 ? undefined : reported.some((item) => item.file === STATE_FOLDER && item.reported?.kind === 'content'),
    isWatching: watch.isWatching(),
    refusal: watch.refusal(),
    files: reported.filter((item) => !isFolder(item.file) && item.reported?.kind === 'content').length,
    problems: reported.flatMap(({ file, reported: last }) =>
      last?.kind === 'problem' ? [{ file, problem: last.problem, detail: last.detail }] : [],
    ),
    isWaitingForLog: queue.pausedUntil() > performance.now(),
  }
}
