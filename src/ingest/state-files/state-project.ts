import { basename } from 'node:path'
import type { NewEvent } from '../../domain/events/event.ts'
import { LogUnavailableError } from '../../event-log/event-log.ts'
import { type DebounceQueue, openDebounceQueue } from './debounce-queue.ts'
import { type FolderWatch, openFolderWatch } from './folder-watch.ts'
import { type StateFileNews, newsOf } from './state-file-news.ts'
import { type Bound, changedAgain, holdBack, type Item, newItem, newPace, type Pace, weigh } from './state-file-item.ts'
import { isFolder, readingRank, STATE_FOLDER, stateFileName } from './state-file-names.ts'
import { type Reading, readStateFile } from './state-file-reader.ts'
import { type Finding, type OpenNotice, report, type ReportedFile, reportedByNotice, vanished } from './state-file-report.ts'
import { applyScan, scanStateFiles } from './state-file-scan.ts'
import type { ConcurrencyLimit } from '../concurrency-limit.ts'

export type StateProjectDeps = {
  accept(project: string, events: NewEvent[]): Promise<unknown>
  openNotices(project: string): Promise<Iterable<OpenNotice>>
  onError(error: unknown): void
  onNews(news: StateFileNews): void
  limitConcurrency: ConcurrencyLimit
  pace: Bound
}

export type StateProject = {
  readonly name: string
  readonly path: string
  readonly deps: StateProjectDeps
  readonly watch: FolderWatch
  readonly items: Map<string, Item>
  readonly queue: DebounceQueue
  readonly pace: Pace
  isSeeded: boolean
  isClosed: boolean
  scannedAt: number
  retryMs: number
}

const SCAN = ''
/** Lets a writer finish, so that one read covers all its writes. */
const WRITER_MS = 10
const PAUSE_MS = 250
const FIRST_RETRY_MS = 250
const LAST_RETRY_MS = 15_000
const FILES_AT_ONCE = 8

const AT_START = { isSeeded: false, isClosed: false, scannedAt: -Infinity, retryMs: FIRST_RETRY_MS }

/** Starts following a project with a scan. */
export function openStateProject({ name, path }: { name: string; path: string }, deps: StateProjectDeps): StateProject {
  const { onError, onNews } = deps
  const refused = (reason: string) => onNews({ project: name, kind: 'unwatched', reason })
  const watch = openFolderWatch({ changed: (folder, entry) => changed(project, folder, entry), refused })
  const queue = openDebounceQueue({ work: (names) => work(project, names), onError })
  const project: StateProject = { name, path, deps, watch, queue, items: new Map(), pace: newPace(), ...AT_START }
  lookAround(project)
  return project
}

/** Schedules a scan. */
export function lookAround({ queue, scannedAt }: StateProject) {
  queue.schedule(SCAN, scannedAt + PAUSE_MS)
}

/** After an epoch change: reports everything again. */
export function tellAgain(project: StateProject) {
  project.items.clear()
  project.isSeeded = false
  lookAround(project)
}

/** Resolves when nothing is read or stored any more. */
export async function closeStateProject(project: StateProject): Promise<void> {
  project.isClosed = true
  project.watch.close()
  await project.queue.close()
}

function changed(project: StateProject, path: string, entry: string | undefined) {
  if (path === project.path && entry !== undefined && entry !== STATE_FOLDER) return
  const folder = basename(path)
  const file = entry !== undefined && isFolder(folder) ? stateFileName(folder, entry) : undefined
  const item = file === undefined ? undefined : project.items.get(file)
  if (file !== undefined && item) {
    changedAgain(item)
    project.queue.schedule(file, Math.max(performance.now() + WRITER_MS, dueAt(item)))
  } else if (file !== undefined || entry === undefined || isFolder(entry)) lookAround(project)
}

const dueAt = (item: Item | undefined) => Math.max((item?.lookedAt ?? 0) + PAUSE_MS, item?.heldUntil ?? 0)

async function work(project: StateProject, names: string[]) {
  try {
    if (!project.isSeeded) await seed(project)
    if (names.includes(SCAN)) await scan(project)
    await readFiles(
      project,
      names.filter((name) => name !== SCAN),
    )
    project.retryMs = FIRST_RETRY_MS
  } catch (error) {
    if (!(error instanceof LogUnavailableError)) throw error
    // Only names are kept: later, the newest content is read.
    project.queue.pause(names, performance.now() + project.retryMs)
    project.retryMs = Math.min(project.retryMs * 2, LAST_RETRY_MS)
  }
}

/** Open notices count as reported, so that a healthy file clears its own. */
async function seed(project: StateProject) {
  for (const notice of await project.deps.openNotices(project.name)) {
    if (notice.problem !== 'paced') project.items.set(notice.file, newItem(reportedByNotice(notice)))
  }
  project.isSeeded = true
}

async function scan(project: StateProject) {
  const { path, watch, deps } = project
  const found = await deps.limitConcurrency(async () => {
    await watch.enter(path)
    return scanStateFiles(path, watch.enter)
  })
  project.scannedAt = performance.now()
  const { findings, toRead } = applyScan(project.items, found)
  for (const file of toRead) project.queue.schedule(file, dueAt(project.items.get(file)))
  await tell(project, findings)
}

async function readFiles(project: StateProject, names: string[]) {
  const age = (name: string) => project.items.get(name)?.listed?.modifiedMs ?? 0
  names.sort((one, other) => readingRank(one) - readingRank(other) || age(one) - age(other))
  for (let from = 0; from < names.length && !project.isClosed; from += FILES_AT_ONCE) {
    const part = names.slice(from, from + FILES_AT_ONCE)
    const items = part.flatMap((name) => project.items.get(name) ?? [])
    for (const item of items) item.lookedAt = performance.now()
    const readings = await project.deps.limitConcurrency(() => Promise.all(part.map((name) => readStateFile(project.path, name))))
    await tell(
      project,
      part.flatMap((name, index) => findingOf(project, name, readings[index]) ?? []),
    )
  }
}

type FoundFile = { name: string; finding: Finding | undefined }

function findingOf(project: StateProject, name: string, reading: Reading | undefined): FoundFile | undefined {
  const item = project.items.get(name)
  if (!reading || !item) return undefined
  if (reading.kind === 'folder absent') lookAround(project)
  else if (reading.kind !== 'absent') return { name, finding: reading }
  else if (item.reported) return { name, finding: vanished(reading.witness) }
  return undefined
}

type FileReport = { name: string; item: Item; finding: Finding; event: NewEvent; reported: ReportedFile }

/** Stores reports in one append. A refused report is a bug and not retried. */
async function tell(project: StateProject, found: FoundFile[]) {
  const now = performance.now()
  const reports = found.flatMap((one) => reportOf(project, one, now) ?? [])
  if (reports.length === 0 || project.isClosed) return
  const events = reports.map(({ event }) => event)
  await project.deps.accept(project.name, events).catch((error: unknown) => {
    if (error instanceof LogUnavailableError) throw error
    project.deps.onError(error)
  })
  for (const { name, item, finding, reported } of reports) {
    project.deps.onNews({ project: project.name, file: name, ...newsOf(item.reported, finding) })
    item.reported = reported
    item.isPaced = false
  }
}

function reportOf(project: StateProject, { name, finding: found }: FoundFile, now: number): FileReport | undefined {
  const item = project.items.get(name)
  const verdict = item && weigh(item, found, now)
  if (!item || !verdict) return undefined
  if ('lookAgainAt' in verdict) {
    project.queue.schedule(isFolder(name) ? SCAN : name, verdict.lookAgainAt)
    return undefined
  }
  const finding = verdict.tell.kind === 'content' && item.isPaced ? { ...verdict.tell, isPaced: true } : verdict.tell
  const waitMs = finding.kind === 'content' ? holdBack(item, finding.bytes, { now, project: project.pace, bound: project.deps.pace }) : 0
  if (waitMs === 0) return { name, item, finding, ...report(name, finding, item.reported) }
  item.isPaced = true
  project.deps.onNews({ project: project.name, kind: 'paced', file: name, waitMs })
  project.queue.schedule(name, item.heldUntil)
  return undefined
}
