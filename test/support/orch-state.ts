import { cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { NewEvent, StoredEvent, StoredEventOf } from '../../src/domain/events/event.ts'
import { emptyProject, foldEvents } from '../../src/domain/project/project.ts'
import type { ProjectState } from '../../src/domain/project/project-state.ts'

export type FileEvent = StoredEventOf<'state_file'>

/** A project folder of its own, with an orchestrator's way of writing. */
export type ProjectFolder = {
  path: string
  state(file: string): string
  /** Writes a file's whole text in place, as most orchestrators do. */
  write(file: string, content: unknown): Promise<void>
  /** Writes beside and renames, as careful ones do. */
  replace(file: string, content: unknown): Promise<void>
  remove(file?: string): Promise<void>
  copySamples(): Promise<void>
}

export async function openProjectFolder(): Promise<ProjectFolder & { [Symbol.asyncDispose](): Promise<void> }> {
  const home = await mkdtemp(join(tmpdir(), 'orch-state-'))
  const path = join(home, 'apollo')
  const state = (file: string) => join(path, '.orch-state', file)
  const text = (content: unknown) => (typeof content === 'string' ? content : JSON.stringify(content))
  const write = async (file: string, content: unknown) => {
    await mkdir(dirname(state(file)), { recursive: true })
    await writeFile(state(file), content instanceof Uint8Array ? content : text(content))
  }
  await mkdir(path)
  return {
    path,
    state,
    write,
    async replace(file, content) {
      await write(`${file}.tmp`, content)
      await rename(state(`${file}.tmp`), state(file))
    },
    remove: (file = '') => rm(state(file), { recursive: true }),
    async copySamples() {
      const samples = new URL('../samples/orch-state/', import.meta.url).pathname
      await cp(samples, state(''), { recursive: true })
      await rename(state('status.tasks.json'), state('status.json'))
    },
    [Symbol.asyncDispose]: () => rm(home, { recursive: true, force: true }),
  }
}

/** A log in memory that numbers and de-duplicates as the real ones do, and lets tests wait for what they expect. */
export type Ledger = {
  accept(project: string, events: readonly NewEvent[]): Promise<void>
  /** What was stored, in order. */
  events(project?: string): FileEvent[]
  /** How many were brought again. */
  duplicates(): number
  state(project?: string): ProjectState
  /** Resolves once something holds of what is stored. */
  until(holds: (events: FileEvent[]) => boolean): Promise<void>
  /** Resolves with the first event after those of `after` that fits. */
  next(fits: (event: FileEvent) => boolean, after?: number): Promise<FileEvent>
  /** Rejects every append with this error until it is set back. */
  fail(error: Error | undefined): void
}

export function openLedger(): Ledger {
  const logs = new Map<string, Map<string, StoredEvent>>()
  const waiting = new Set<() => void>()
  let failure: Error | undefined
  let duplicates = 0
  const events = (project = 'apollo') => [...(logs.get(project)?.values() ?? [])] as FileEvent[]

  function store(log: Map<string, StoredEvent>, event: NewEvent) {
    if (log.has(event.id)) duplicates += 1
    else log.set(event.id, { ...event, offset: log.size + 1, received_at: Date.now() })
  }

  async function until(holds: (events: FileEvent[]) => boolean) {
    while (!holds(events())) {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const late = setTimeout(() => reject(new Error(`not told in time; told was ${brief(events())}`)), 15_000)
      waiting.add(resolve)
      await promise.finally(() => clearTimeout(late))
    }
  }

  return {
    async accept(project, reported) {
      if (failure) throw failure
      const log = logs.get(project) ?? new Map<string, StoredEvent>()
      logs.set(project, log)
      for (const event of reported) store(log, structuredClone(event))
      for (const resolve of waiting) resolve()
      waiting.clear()
    },
    events,
    duplicates: () => duplicates,
    state: (project) => foldEvents(emptyProject(), events(project)),
    until,
    async next(fits, after = 0) {
      await until((all) => all.slice(after).some(fits))
      return events().slice(after).find(fits)!
    },
    fail: (error) => {
      failure = error
    },
  }
}

const brief = (events: FileEvent[]) =>
  JSON.stringify(events.map(({ file, problem, content }) => ({ file, problem, content })))?.slice(0, 2_000)

/** Tells events of one file, by its content or its problem. */
export const isContent = (file: string, content?: unknown) => (event: FileEvent) =>
  event.file === file && !event.problem && (content === undefined || Bun.deepEquals(event.content, content))
export const isProblem = (file: string, problem: string) => (event: FileEvent) => event.file === file && event.problem === problem
