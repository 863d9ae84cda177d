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
  accept(project: string, events: NewEvent[]): Promise<unknown>
  openNotices?(project: string): Promise<Iterable<OpenNotice>>
  onError(error: unknown): void
  onNews?(news: StateFileNews): void
  pace?: Bound
  pollMs?: number
}

export type StateFilesHealth = {
  project: string
  path: string
  hasFolder: boolean | undefined
  isWatching: boolean
  refusal: string | undefined
  files: number
  problems: { file: string; problem: string; detail: string | undefined }[]
  isWaitingForLog: boolean
}

export type StateFiles = {
  setProjects(projects: readonly WatchedProject[]): void
  tellAgain(project: string): void
  health(): StateFilesHealth[]
  close(): Promise<void>
}

export const POLL_MS = 15_000
const PROJECTS_AT_ONCE = 4

/** Watches and reads `.orch-state/` of every project, and reports changes. Read-only. Resolves once watching; reports follow per project. */
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
