import { equally, rankOf, type Worth } from '../bounded.ts'
import { isRecord, statusWord, textOf, textsOf } from '../events/loose-fields.ts'
import { openSprints, planWorth, sprintWorth } from '../project/plans.ts'
import { wellFormed } from '../events/bound-text.ts'

type BoundedContent = { content: Record<string, unknown>; droppedRecords: number; droppedOpen: number }

type StateRecord = Record<string, unknown>
type Shelf = { lists: unknown[][]; worthOf(record: StateRecord): Worth }

/** Drops whole records, finished and old ones first, to fit a size in bytes; undefined where it cannot. Changes the given lists. */
export function boundContent(file: string, content: StateRecord, limitBytes: number): BoundedContent | undefined {
  let excess = bytesOf(content) - limitBytes
  let [droppedRecords, droppedOpen] = [0, 0]
  const shelves = shelvesOf(file, content)
  for (const mayWait of [false, true]) {
    for (const shelf of shelves) {
      if (excess <= 0) break
      const dropped = dropOldest(shelf, { excess, mayWait })
      excess -= dropped.bytes
      droppedRecords += dropped.count
      if (mayWait) droppedOpen += dropped.count
    }
  }
  return excess <= 0 ? { content, droppedRecords, droppedOpen } : undefined
}

/** The least needed first: finished stories before open ones, test results before tasks. */
function shelvesOf(file: string, content: StateRecord): Shelf[] {
  const list = (name: string, worthOf: Shelf['worthOf']): Shelf => ({ lists: listsIn([content], name), worthOf })
  if (file === 'backlog.json') {
    return [
      list('stories', storyWorth(content)),
      list('sprints', ({ status }) => sprintWorth({ status: statusWord(status) ?? '' })),
      list('epics', worthOfTask),
      ...otherLists(content, PLANS),
    ]
  }
  if (file === 'status.json') {
    const others = otherLists(content, ['transition_history', 'active_tasks', 'pending_approvals'])
    return [list('transition_history', equally), list('active_tasks', worthOfTask), ...others, list('pending_approvals', () => 'waits')]
  }
  if (file.startsWith('tdd_cycles/')) {
    const tasks = listsIn([content], 'tasks').flat().filter(isItem)
    const inTasks = ['test_results', 'test_file_objects'].map((name) => ({ lists: listsIn(tasks, name), worthOf: equally }))
    return [...inTasks, list('tasks', worthOfTask), ...otherLists(content, ['tasks'])]
  }
  return otherLists(content, [])
}

const PLANS = ['stories', 'sprints', 'epics']
const otherLists = (content: StateRecord, known: readonly string[]): Shelf[] => {
  const others = Object.entries(content).filter(([name]) => !known.includes(name))
  return [{ lists: others.map(([, value]) => value).filter(isList), worthOf: equally }]
}
const listsIn = (items: StateRecord[], name: string) => items.map((item) => item[name]).filter(isList)
const isList = (value: unknown): value is unknown[] => Array.isArray(value)
const isItem = (value: unknown): value is StateRecord => typeof value === 'object' && value !== null && !isList(value)

const TIMES = ['timestamp', 'created_at', 'started_at', 'last_updated', 'start_date']
const FINISHED = /(?:^|\.)(?:done|completed|cancelled)$/i
const FAILED = /(?:^|\.)(?:failed|blocked)$/i

function byTime(record: StateRecord): string {
  const time = TIMES.map((name) => record[name]).find((value) => typeof value === 'string')
  return typeof time === 'string' ? time : ''
}

function worthOfTask(record: StateRecord): Worth {
  const { status, completed_at } = record
  if (typeof status === 'string' && FAILED.test(status)) return 'waits'
  return typeof completed_at === 'string' || (typeof status === 'string' && FINISHED.test(status)) ? 'over' : 'on'
}

function storyWorth(content: StateRecord): Shelf['worthOf'] {
  const sprints = listsIn([content], 'sprints').flat().filter(isItem)
  const plans = sprints.map(({ id, story_ids, status }) => ({
    ...{ id: textOf(id, 128) ?? '', storyIds: textsOf(story_ids, Infinity).kept, status: statusWord(status) ?? '' },
  }))
  const open = openSprints(plans)
  return ({ id, status, sprint_id }) =>
    planWorth({ id: textOf(id, 128), status: statusWord(status), sprintId: textOf(sprint_id, 128) }, open)
}

type Excess = { excess: number; mayWait: boolean }

function dropOldest({ lists, worthOf }: Shelf, { excess, mayWait }: Excess): { bytes: number; count: number } {
  const records = lists.flatMap((list, shelf) =>
    list.map((record, index) => {
      const [worth, time] = isItem(record) ? [worthOf(record), byTime(record)] : [worthOf({}), '']
      return { shelf, index, bytes: bytesOf(record) + 1, rank: rankOf(worth), time, isWaiting: worth === 'waits' }
    }),
  )
  records.sort((one, other) => one.rank - other.rank || compared(one.time, other.time) || one.index - other.index)
  const gone = lists.map(() => new Set<number>())
  let bytes = 0
  let count = 0
  for (const record of records) {
    if (bytes >= excess || (record.isWaiting && !mayWait)) break
    gone[record.shelf]?.add(record.index)
    bytes += record.bytes
    count += 1
  }
  for (const [shelf, list] of lists.entries()) keepWithout(list, gone[shelf])
  return { bytes, count }
}

function keepWithout(list: unknown[], gone: ReadonlySet<number> | undefined) {
  const kept = list.filter((_, index) => !gone?.has(index))
  list.length = 0
  for (const record of kept) list.push(record)
}

const compared = (one: string, other: string) => (one === other ? 0 : one < other ? -1 : 1)
const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value) ?? '')

export const STATE_FILE_LIMIT_BYTES = 4 * 1024 * 1024

/** Bounds a state file's event to 4 MiB by dropping whole records (counted in `dropped_records`), else all content (see `problem`). */
export function boundStateFile<E extends { type: string }>(event: E): E {
  const content: unknown = Reflect.get(event, 'content')
  const clean = cleaned(content)
  if (sizeOf(clean) <= STATE_FILE_LIMIT_BYTES) return clean === content ? event : Object.assign({ ...event }, { content: clean })
  const copy: unknown = structuredClone(clean)
  const bounded = isRecord(copy) ? boundContent(String(Reflect.get(event, 'file')), copy, STATE_FILE_LIMIT_BYTES) : undefined
  if (!bounded) return Object.assign({ ...event }, { content: null, problem: 'too_large' })
  const open = bounded.droppedOpen > 0 ? { dropped_open: bounded.droppedOpen } : {}
  return Object.assign({ ...event }, { content: bounded.content, dropped_records: bounded.droppedRecords, ...open })
}

function sizeOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value) ?? '')
}

function cleaned(value: unknown): unknown {
  if (typeof value === 'string') return wellFormed(value)
  if (Array.isArray(value)) return sameOr(value, value.map(cleaned))
  if (!isRecord(value)) return value
  const entries = Object.entries(value).map(([key, inner]): [string, unknown] => [wellFormed(key), cleaned(inner)])
  return entries.every(([key, inner]) => Object.is(value[key], inner)) ? value : Object.fromEntries(entries)
}

function sameOr(list: readonly unknown[], other: readonly unknown[]): readonly unknown[] {
  return list.every((item, index) => Object.is(item, other[index])) ? list : other
}
