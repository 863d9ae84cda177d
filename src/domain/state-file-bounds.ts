export type Bounded = { content: Record<string, unknown>; droppedRecords: number }

type Item = Record<string, unknown>
/** Lists of one kind of record, wherever they are in a file; a record of a lower rank goes first. */
type Shelf = { lists: unknown[][]; rank(record: Item): string }

/**
 * Brings content below a size in bytes by dropping whole records, oldest first; never by cutting one. Undefined when what
 * cannot be dropped is too large. The content is the caller's own and its lists are changed in place.
 */
export function boundContent(file: string, content: Item, limitBytes: number): Bounded | undefined {
  let excess = bytesOf(content) - limitBytes
  let droppedRecords = 0
  for (const shelf of shelvesOf(file, content)) {
    if (excess <= 0) break
    const dropped = dropOldest(shelf, excess)
    excess -= dropped.bytes
    droppedRecords += dropped.count
  }
  return excess <= 0 ? { content, droppedRecords } : undefined
}

/** What is least missed comes first: finished stories before open ones, single test results before their tasks. */
function shelvesOf(file: string, content: Item): Shelf[] {
  const list = (name: string, rank: Shelf['rank']): Shelf => ({ lists: listsIn([content], name), rank })
  if (file === 'backlog.json') {
    return [list('stories', finishedFirst), list('sprints', finishedFirst), list('epics', finishedFirst), ...anyLists(content)]
  }
  if (file === 'status.json') {
    return [
      list('transition_history', byTime),
      list('active_tasks', finishedFirst),
      list('pending_approvals', byTime),
      ...anyLists(content),
    ]
  }
  if (file.startsWith('tdd_cycles/')) {
    const tasks = listsIn([content], 'tasks').flat().filter(isItem)
    const inTasks = ['test_results', 'test_file_objects'].map((name) => ({ lists: listsIn(tasks, name), rank: byTime }))
    return [...inTasks, list('tasks', finishedFirst), ...anyLists(content)]
  }
  return anyLists(content)
}

const anyLists = (content: Item): Shelf[] => [{ lists: Object.values(content).filter(isList), rank: byTime }]
const listsIn = (items: Item[], name: string) => items.map((item) => item[name]).filter(isList)
const isList = (value: unknown): value is unknown[] => Array.isArray(value)
const isItem = (value: unknown): value is Item => typeof value === 'object' && value !== null && !isList(value)

const TIMES = ['timestamp', 'created_at', 'started_at', 'last_updated', 'start_date']
const FINISHED = /(?:^|\.)(?:done|completed|cancelled|failed)$/i

/** ISO texts of one writer sort as their times do; without one the order in the file decides. */
function byTime(record: Item): string {
  const time = TIMES.map((name) => record[name]).find((value) => typeof value === 'string')
  return typeof time === 'string' ? time : ''
}

function finishedFirst(record: Item): string {
  const { status, completed_at } = record
  const isFinished = typeof completed_at === 'string' || (typeof status === 'string' && FINISHED.test(status))
  return `${isFinished ? 0 : 1} ${byTime(record)}`
}

function dropOldest({ lists, rank }: Shelf, excess: number): { bytes: number; count: number } {
  const records = lists.flatMap((list, shelf) =>
    list.map((record, index) => ({ shelf, index, bytes: bytesOf(record) + 1, rank: isItem(record) ? rank(record) : '' })),
  )
  records.sort((one, other) => (one.rank === other.rank ? one.index - other.index : one.rank < other.rank ? -1 : 1))
  const gone = lists.map(() => new Set<number>())
  let bytes = 0
  let count = 0
  for (const record of records) {
    if (bytes >= excess) break
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

const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value) ?? '')
