import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { chmod, link, mkdir, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { LogUnavailableError } from '../../src/event-log/event-log.ts'
import { openStateFiles, type StateFiles, type StateFilesSettings, type WatchedProject } from '../../src/ingest/state-files/state-files.ts'
import { eventually } from '../support/eventually.ts'
import { isContent, isProblem, type Ledger, openLedger, openProjectFolder, type ProjectFolder } from '../support/orch-state.ts'

// A problem is told after 1.6 s; a busy machine takes longer.
setDefaultTimeout(20_000)

type Setting = {
  folder: ProjectFolder
  ledger: Ledger
  watch(settings?: Partial<StateFilesSettings>): Promise<StateFiles>
  [Symbol.asyncDispose](): Promise<void>
}

/** A project folder, a log, and a watch that begins when the test says so. Errors fail the test. */
async function setting(): Promise<Setting> {
  const folder = await openProjectFolder()
  const ledger = openLedger()
  const errors: unknown[] = []
  const opened: StateFiles[] = []
  return {
    folder,
    ledger,
    async watch(settings = {}) {
      const projects = [{ name: 'apollo', path: folder.path }]
      const files = await openStateFiles({ projects, accept: ledger.accept, onError: (error) => errors.push(error), ...settings })
      opened.push(files)
      return files
    },
    async [Symbol.asyncDispose]() {
      for (const files of opened) await files.close()
      await folder[Symbol.asyncDispose]()
      expect(errors).toEqual([])
    },
  }
}

/** Writes a mark and waits until it is told: what was to be told of earlier changes has been told by then. */
async function marked({ folder, ledger }: Setting, mark: number) {
  await folder.write('backlog.json', { mark })
  await ledger.next(isContent('backlog.json', { mark }))
}

describe.concurrent('at the start', () => {
  test('everything that is there is told once, stories before cycles and the status last', async () => {
    await using given = await setting()
    const { folder, ledger, watch } = given
    await folder.copySamples()
    await watch()
    await ledger.next(isContent('status.json'))
    expect(ledger.events().map((event) => event.file)).toEqual([
      'backlog.json',
      'sprints/sprint-1.json',
      'tdd_cycles/tdd-cycle-8245779c.json',
      'status.json',
    ])
    const { mtime } = await stat(folder.state('status.json'))
    expect(ledger.events()[3]).toMatchObject({
      type: 'state_file',
      mtime: mtime.toISOString(),
      content: { name: 'alpha' },
    })
  })

  test('the folded files show the backlog, the sprint, the cycle and the tasks', async () => {
    await using given = await setting()
    const { folder, ledger, watch } = given
    await folder.copySamples()
    await watch()
    await ledger.next(isContent('status.json'))
    const state = ledger.state()
    expect(state.workflow.state).toBe('SPRINT_ACTIVE')
    expect(state.backlog?.stories).toMatchObject([
      { id: 'story-ccc3724c', title: 'Charge card', status: 'in_progress', testCoverage: 91.5 },
    ])
    expect(state.backlog?.epics).toMatchObject([{ title: 'Payments' }])
    expect(state.sprints.get('sprint-8a780ff0')).toMatchObject({ goal: 'Ship login', status: 'active' })
    expect(state.cycles.get('story-ccc3724c')).toMatchObject({ state: 'code_green', cycleId: 'tdd-cycle-8245779c' })
    expect(state.tasks).toMatchObject([{ agentType: 'QAAgent' }])
    expect(state.notices.size).toBe(0)
  })

  test('after a restart the same files are the same events', async () => {
    await using given = await setting()
    const { folder, ledger, watch } = given
    await folder.copySamples()
    const first = await watch()
    await ledger.next(isContent('status.json'))
    await first.close()
    await watch()
    await ledger.until(() => ledger.duplicates() === 4)
    expect(ledger.events()).toHaveLength(4)
  })

  test('a project without the folder says nothing, and its files are told when it appears', async () => {
    await using given = await setting()
    const { folder, ledger, watch } = given
    const files = await watch()
    await folder.write('tdd_cycles/tdd-cycle-1.json', { id: 'tdd-cycle-1' })
    await folder.write('status.json', { current_state: 'IDLE' })
    await ledger.next(isContent('status.json'))
    await ledger.next(isContent('tdd_cycles/tdd-cycle-1.json'))
    expect(ledger.events()).toHaveLength(2)
    expect(files.health()).toMatchObject([{ project: 'apollo', hasFolder: true, isWatching: true, files: 2, problems: [] }])
  })

  test('copies, temporary files and everything else are not read', async () => {
    await using given = await setting()
    const { folder, ledger, watch } = given
    const others = ['tdd_cycles/a_state.json', 'tdd_cycles/a.json.backup', 'tdd_cycles/.a.json', 'tdd_cycles/a.json~', 'sprints/b.json.tmp']
    others.push(
      'sprints/c.tmp.json',
      'sprints/d.txt',
      'status.json.bak',
      'other.json',
      'sprints/deep/e.json',
      'logs/f.json',
      'sprints/\u202eg.json',
    )
    for (const file of others) await folder.write(file, {})
    await folder.write('sprints/real.json', {})
    await watch()
    await ledger.next(isContent('sprints/real.json'))
    for (const file of others) await folder.write(file, { again: true })
    await marked(given, 1)
    expect(ledger.events().map((event) => event.file)).toEqual(['sprints/real.json', 'backlog.json'])
  })
})

describe.concurrent('a change', () => {
  test.each(['write', 'replace'] as const)('by %s is told with its content', async (way) => {
    await using given = await setting()
    const { folder, ledger, watch } = given
    await folder.write('status.json', { current_state: 'IDLE' })
    await folder.write('sprints/sprint-1.json', { status: 'planned' })
    await watch()
    await ledger.until((events) => events.length === 2)
    await folder[way]('status.json', { current_state: 'BACKLOG_READY' })
    await ledger.next(isContent('status.json', { current_state: 'BACKLOG_READY' }))
    await folder[way]('sprints/sprint-1.json', { status: 'active' })
    await ledger.next(isContent('sprints/sprint-1.json', { status: 'active' }))
    await folder[way]('tdd_cycles/new.json', { id: 'new' })
    await ledger.next(isContent('tdd_cycles/new.json', { id: 'new' }))
    expect(ledger.events()).toHaveLength(5)
  })

  test('that leaves content and time alone is not told', async () => {
    await using given = await setting()
    const { folder, ledger, watch } = given
    await folder.write('status.json', { a: 1 })
    await utimes(folder.state('status.json'), 1_700_000_000, 1_700_000_000)
    await watch()
    await ledger.next(isContent('status.json'))
    await folder.write('status.json', { a: 1 })
    await utimes(folder.state('status.json'), 1_700_000_000, 1_700_000_000)
    await marked(given, 1)
    await marked(given, 2)
    expect(ledger.events().filter((event) => event.file === 'status.json').length).toBeLessThanOrEqual(2)
    expect(ledger.events().at(-1)).toMatchObject({ content: { mark: 2 } })
  })

  test('a thousand times in a row is told a few times, the newest content last', async () => {
    await using given = await setting()
    const { folder, ledger, watch } = given
    await folder.write('status.json', { count: 0 })
    await watch()
    await ledger.next(isContent('status.json'))
    const startedAt = performance.now()
    for (let count = 1; count <= 1_000; count++) await folder.replace('status.json', { count })
    await ledger.next(isContent('status.json', { count: 1_000 }))
    const seconds = (performance.now() - startedAt) / 1_000
    expect(ledger.events().length).toBeLessThanOrEqual(3 + 4 * seconds)
  })

  test('all the time and at length makes the log grow within its bound; the newest content comes last, and a notice tells', async () => {
    await using given = await setting()
    const { folder, ledger, watch } = given
    const text = 'a'.repeat(100_000)
    const kinds: string[] = []
    await folder.write('status.json', { count: 0, text })
    await watch({ pace: { bytes: 200_000, perMs: 4_000 }, onNews: ({ kind }) => void kinds.push(kind) })
    await ledger.next(isContent('status.json'))
    const startedAt = performance.now()
    // Others are told of meanwhile, and what is written often is read no more often than it may be told.
    for (let count = 1; count <= 12; count++) {
      await folder.replace('status.json', { count, text })
      await marked(given, count)
    }
    await ledger.next(isContent('status.json', { count: 12, text }))
    const seconds = (performance.now() - startedAt) / 1_000
    const told = ledger.events().filter(({ file }) => file === 'status.json')
    expect(told.length).toBeLessThanOrEqual(3 + seconds / 2)
    expect(told.at(-1)).toMatchObject({ is_paced: true, content: { count: 12 } })
    expect(kinds).toContain('paced')
    await folder.replace('status.json', { count: 13 })
    await ledger.next(isContent('status.json', { count: 13 }))
  })

  test('back to an older copy is told, though that was told before', async () => {
    await using given = await setting()
    const { folder, ledger, watch } = given
    const put = async (content: unknown, seconds: number) => {
      await writeFile(`${folder.path}/next`, JSON.stringify(content))
      await utimes(`${folder.path}/next`, seconds, seconds)
      await rename(`${folder.path}/next`, folder.state('status.json'))
    }
    await mkdir(folder.state(''))
    await put({ is: 'old' }, 1_700_000_000)
    await watch()
    await ledger.next(isContent('status.json', { is: 'old' }))
    await put({ is: 'new' }, 1_700_000_100)
    await ledger.next(isContent('status.json', { is: 'new' }))
    await put({ is: 'old' }, 1_700_000_000)
    await ledger.next(isContent('status.json', { is: 'old' }), 2)
    const marks = ledger.events().filter(({ file }) => file === 'status.json')
    // Found on the first look, later by its own time, set back: only the second has its place by its time.
    expect(marks.map(({ anew }) => anew)).toEqual([true, undefined, true])
  })

  test('that no watch tells of is found by looking', async () => {
    await using given = await setting()
    const { folder, ledger, watch } = given
    await folder.write('status.json', { a: 1 })
    // What is written by another name of the same file is written past the watch, as on a file server.
    const elsewhere = join(folder.path, 'another-name')
    await link(folder.state('status.json'), elsewhere)
    await watch({ pollMs: 50 })
    await ledger.next(isContent('status.json'))
    await writeFile(elsewhere, '{"a":2}')
    await ledger.next(isContent('status.json', { a: 2 }))
  })
})

describe.concurrent('a file that cannot be read', () => {
  test('half-written is waited for, and nobody hears of it', async () => {
    await using given = await setting()
    const { folder, ledger, watch } = given
    await folder.write('status.json', { a: 1 })
    await watch()
    await ledger.next(isContent('status.json'))
    const text = JSON.stringify({ a: 2, filler: 'x'.repeat(5_000) })
    for (let length = 0; length < text.length; length += 500) await folder.write('status.json', text.slice(0, length))
    await folder.write('status.json', text)
    await ledger.next((event) => isContent('status.json')(event) && (event.content as { a: number }).a === 2)
    expect(ledger.events().every((event) => !event.problem)).toBe(true)
  })

  test('damaged is told with line and column; what it said stays; it clears when it is mended', async () => {
    await using given = await setting()
    const { folder, ledger, watch } = given
    await folder.copySamples()
    const files = await watch()
    await ledger.until((events) => events.length === 4)
    await folder.write('backlog.json', '{"stories": [\n  {"id": "story-1",}\n]}')
    const notice = await ledger.next(isProblem('backlog.json', 'damaged'))
    expect(notice).toMatchObject({ content: null, detail: 'line 2, column 20: expected a key in double quotes, found }' })
    expect(ledger.state().backlog?.stories).toHaveLength(1)
    expect(ledger.state().notices.get('backlog.json')).toMatchObject({ problem: 'damaged' })
    expect(files.health()[0]?.problems).toMatchObject([{ file: 'backlog.json', problem: 'damaged' }])
    await folder.write('backlog.json', { stories: [] })
    await ledger.next(isContent('backlog.json', { stories: [] }))
    expect(ledger.state().notices.size).toBe(0)
  })

  const BAD: [what: string, content: string | Uint8Array, detail: string][] = [
    ['nothing', '', 'it is empty'],
    ['text that is not UTF-8', new Uint8Array([0x7b, 0xff, 0x7d]), 'it is not UTF-8 text'],
    ['UTF-16', new Uint8Array([0xff, 0xfe, 0x7b, 0, 0x7d, 0]), 'it is not UTF-8 text'],
    ['a list', '[]', 'it holds a list, not an object'],
    ['null', 'null', 'it holds null, not an object'],
    ['a number', '42', 'it holds a number, not an object'],
    ['brackets without end', '['.repeat(1_000_000), 'it is nested more than 100 levels deep'],
    ['objects without end', '{"a":'.repeat(100_000), 'it is nested more than 100 levels deep'],
    ['NUL bytes', '\0'.repeat(100), 'line 1, column 1: expected a value, found U+0000'],
    ['a text that does not end', '{"a": "b', 'line 1, column 9: the text ends before a text in quotes does'],
  ]
  test.each(BAD)('holding %s is damaged, and says so', async (_, content, detail) => {
    await using given = await setting()
    const { folder, ledger, watch } = given
    await folder.write('status.json', content)
    await watch()
    expect(await ledger.next(isProblem('status.json', 'damaged'))).toMatchObject({ content: null, detail })
  })

  test('longer than 32 MiB is too large, and not read', async () => {
    await using given = await setting()
    const { folder, ledger, watch } = given
    await folder.write('status.json', new Uint8Array(32 * 1024 * 1024 + 1))
    await watch()
    expect(await ledger.next(isProblem('status.json', 'too_large'))).toMatchObject({ detail: 'it has 32 MiB, more than 32 MiB' })
  })

  test('replaced by a folder is unreadable until it is a file again', async () => {
    await using given = await setting()
    const { folder, ledger, watch } = given
    await folder.write('status.json', { a: 1 })
    await watch()
    await ledger.next(isContent('status.json'))
    await folder.remove('status.json')
    await mkdir(folder.state('status.json'))
    expect(await ledger.next(isProblem('status.json', 'unreadable'))).toMatchObject({ detail: 'it is a folder' })
    await folder.remove('status.json')
    await folder.write('status.json', { a: 2 })
    await ledger.next(isContent('status.json', { a: 2 }))
    expect(ledger.state().notices.size).toBe(0)
  })

  test('a pipe hangs nobody', async () => {
    await using given = await setting()
    const { folder, ledger, watch } = given
    await mkdir(folder.state(''))
    expect(Bun.spawnSync(['mkfifo', folder.state('status.json')]).exitCode).toBe(0)
    await watch()
    expect(await ledger.next(isProblem('status.json', 'unreadable'))).toMatchObject({ detail: 'it is a pipe' })
    await marked(given, 1)
  })
})

describe.concurrent('odd content', () => {
  test('a byte order mark is passed over, a repeated name says what it said last, and __proto__ is a word like any other', async () => {
    await using given = await setting()
    const { folder, ledger, watch } = given
    await folder.write(
      'status.json',
      '\ufeff{"a":1,"a":2,"__proto__":{"isAdmin":true},"b":{"\\u005f_proto__":[1],"constructor":{"prototype":{"isAdmin":true}}}}',
    )
    await watch()
    const { content } = await ledger.next(isContent('status.json'))
    expect(JSON.stringify(content)).toBe('{"a":2,"b":{"constructor":{"prototype":{"isAdmin":true}}}}')
    expect(({} as Record<string, unknown>)['isAdmin']).toBeUndefined()
  })

  test('nested a hundred levels deep is told as it is', async () => {
    await using given = await setting()
    const { folder, ledger, watch } = given
    const text = `{"a":${'['.repeat(99)}"]["${']'.repeat(99)}}`
    await folder.write('status.json', text)
    await watch()
    expect(JSON.stringify((await ledger.next(isContent('status.json'))).content)).toBe(text)
  })

  test('over 4 MiB loses finished stories, says how many, and a notice tells people', async () => {
    await using given = await setting()
    const { folder, ledger, watch } = given
    const stories = Array.from({ length: 6_000 }, (_, index) => ({
      id: `story-${index}`,
      status: index < 5_000 ? 'done' : 'backlog',
      description: 'x'.repeat(1_000),
    }))
    await folder.write('backlog.json', { stories })
    await watch()
    const told = await ledger.next(isContent('backlog.json'))
    const kept = (told.content as { stories: { id: string }[] }).stories
    expect(JSON.stringify(told.content).length).toBeLessThanOrEqual(4 * 1024 * 1024)
    expect(kept.length + (told.dropped_records ?? 0)).toBe(6_000)
    expect(kept.at(-1)?.id).toBe('story-5999')
    expect(kept.length).toBeGreaterThan(3_900)
    expect(ledger.state().notices.get('backlog.json')).toMatchObject({ problem: 'too_large' })
    await folder.write('backlog.json', { stories: stories.slice(-1) })
    await ledger.next(isContent('backlog.json'), 1)
    expect(ledger.state().notices.size).toBe(0)
  })

  test('over 4 MiB is the same event after a restart, notice and all', async () => {
    await using given = await setting()
    const { folder, ledger, watch } = given
    const openNotices = async () => ledger.state().notices.values()
    await folder.write('backlog.json', { stories: Array.from({ length: 5_000 }, (_, id) => ({ id, text: 'x'.repeat(1_000) })) })
    const first = await watch({ openNotices })
    await ledger.next(isContent('backlog.json'))
    await first.close()
    await watch({ openNotices })
    await ledger.until(() => ledger.duplicates() === 1)
    expect(ledger.events()).toHaveLength(1)
  })

  test('not permitted to us is unreadable, and says so', async () => {
    await using given = await setting()
    const { folder } = given
    await folder.write('status.json', { a: 1 })
    await chmod(folder.state('status.json'), 0)
    await chmod(dirname(folder.path), 0o755)
    // Nothing is forbidden to root: then another user has to try.
    const user = process.getuid?.() === 0 ? ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'] : []
    const reader = new URL('../support/read-state-file.ts', import.meta.url).pathname
    const { stdout, stderr } = Bun.spawnSync([...user, process.execPath, reader, folder.path, 'status.json'])
    expect(stderr.toString()).toBe('')
    expect(JSON.parse(stdout.toString())).toEqual({ kind: 'problem', problem: 'unreadable', detail: 'permission denied' })
  })

  test('of thousands of sprints the newest thousand are read, and a notice says so', async () => {
    await using given = await setting()
    const { folder, ledger, watch } = given
    const paths = Array.from({ length: 1_200 }, (_, index) => folder.state(`sprints/sprint-${index}.json`))
    await folder.write('sprints/sprint-0.json', '{}')
    await Promise.all(paths.map((path) => writeFile(path, '{}')))
    await Promise.all(paths.map((path, index) => utimes(path, 1_700_000_000 + index, 1_700_000_000 + index)))
    await watch({ pollMs: 50 })
    expect(await ledger.next(isProblem('sprints', 'too_large'))).toMatchObject({ detail: 'more than 1000 files: the newest are read' })
    const files = () => new Set(ledger.events().map((event) => event.file))
    expect(files().size).toBe(1_001)
    expect(files().has('sprints/sprint-199.json')).toBe(false)
    expect(files().has('sprints/sprint-200.json')).toBe(true)
    await Promise.all(paths.slice(0, 500).map((path) => rm(path)))
    await ledger.next(isContent('sprints'))
    expect(ledger.state().notices.has('sprints')).toBe(false)
  })
})

describe.concurrent('security 20: a link', () => {
  test('to itself is refused', async () => {
    await using given = await setting()
    const { folder, ledger, watch } = given
    await mkdir(folder.state(''))
    await symlink('status.json', folder.state('status.json'))
    await watch()
    expect(await ledger.next(isProblem('status.json', 'unreadable'))).toMatchObject({ detail: 'it is a link that leads back to itself' })
  })

  test('within the folder is followed, also to what it points to next', async () => {
    await using given = await setting()
    const { folder, ledger, watch } = given
    await folder.write('versions/1', { version: 1 })
    await folder.write('versions/2', { version: 2 })
    await symlink('versions/1', folder.state('status.json'))
    await watch({ pollMs: 50 })
    await ledger.next(isContent('status.json', { version: 1 }))
    await symlink('versions/2', folder.state('next'))
    await rename(folder.state('next'), folder.state('status.json'))
    await ledger.next(isContent('status.json', { version: 2 }))
  })

  test.each([
    ['the system’s files', '/etc/passwd'],
    ['the rest of the project', '../package.json'],
    ['the folder of another project', '../../gemini/.orch-state/status.json'],
  ])('to %s is refused, and nothing of them is told', async (_, target) => {
    await using given = await setting()
    const { folder, ledger, watch } = given
    await writeFile(join(folder.path, 'package.json'), '{"secret":"outside"}')
    await mkdir(join(folder.path, '../gemini/.orch-state'), { recursive: true })
    await writeFile(join(folder.path, '../gemini/.orch-state/status.json'), '{"secret":"outside"}')
    await mkdir(folder.state('sprints'), { recursive: true })
    await symlink(target, folder.state('status.json'))
    await watch()
    const told = await ledger.next(isProblem('status.json', 'unreadable'))
    expect(told).toMatchObject({ detail: 'it is a link that leads out of its folder', content: null })
    expect(JSON.stringify(ledger.events())).not.toContain('outside')
  })

  test('that takes the place of a folder is refused when it leads elsewhere', async () => {
    await using given = await setting()
    const { folder, ledger, watch } = given
    await mkdir(join(folder.path, '../elsewhere'))
    await writeFile(join(folder.path, '../elsewhere/a.json'), '{"secret":"outside"}')
    await mkdir(folder.state(''))
    await symlink('../../elsewhere', folder.state('sprints'))
    await watch()
    expect(await ledger.next(isProblem('sprints', 'unreadable'))).toMatchObject({ detail: 'it is a link that leads elsewhere' })
    await marked(given, 1)
    expect(JSON.stringify(ledger.events())).not.toContain('outside')
  })

  test('as .orch-state itself is refused when it leads out of the project, followed within it', async () => {
    await using given = await setting()
    const { folder, ledger, watch } = given
    await mkdir(join(folder.path, '../elsewhere'))
    await writeFile(join(folder.path, '../elsewhere/status.json'), '{"secret":"outside"}')
    await symlink('../elsewhere', join(folder.path, '.orch-state'))
    await watch({ pollMs: 50 })
    expect(await ledger.next(isProblem('.orch-state', 'unreadable'))).toMatchObject({ detail: 'it is a link that leads elsewhere' })
    await mkdir(join(folder.path, 'var'))
    await writeFile(join(folder.path, 'var/status.json'), '{"inside":true}')
    await rm(join(folder.path, '.orch-state'))
    await symlink('var', join(folder.path, '.orch-state'))
    await ledger.next(isContent('status.json', { inside: true }))
    await ledger.next(isContent('.orch-state'))
    expect(JSON.stringify(ledger.events())).not.toContain('outside')
    expect(ledger.state().notices.size).toBe(0)
  })
})

describe.concurrent('what vanishes', () => {
  test('a file is told once, and its return too, though nothing about it changed', async () => {
    await using given = await setting()
    const { folder, ledger, watch } = given
    await folder.copySamples()
    await watch()
    await ledger.until((events) => events.length === 4)
    for (const round of [1, 2]) {
      const before = ledger.events().length
      await rename(folder.state('backlog.json'), `${folder.path}/kept`)
      await ledger.next(isProblem('backlog.json', 'vanished'), before)
      expect(ledger.state().notices.has('backlog.json')).toBe(true)
      expect(ledger.state().backlog?.stories).toHaveLength(1)
      await rename(`${folder.path}/kept`, folder.state('backlog.json'))
      await ledger.next(isContent('backlog.json'), before)
      expect(ledger.state().notices.size).toBe(0)
      expect(ledger.events()).toHaveLength(4 + 2 * round)
    }
  })

  test('a folder is told as such, not file by file', async () => {
    await using given = await setting()
    const { folder, ledger, watch } = given
    await folder.copySamples()
    const files = await watch()
    await ledger.until((events) => events.length === 4)
    await rename(folder.state(''), `${folder.path}/away`)
    await ledger.next(isProblem('.orch-state', 'vanished'))
    expect(ledger.state().backlog?.stories).toHaveLength(1)
    expect(files.health()[0]).toMatchObject({ hasFolder: false })
    await rename(`${folder.path}/away`, folder.state(''))
    await ledger.next(isContent('.orch-state'))
    await folder.write('status.json', { current_state: 'SPRINT_REVIEW' })
    await ledger.next(isContent('status.json', { current_state: 'SPRINT_REVIEW' }))
    expect(ledger.events()).toHaveLength(7)
    expect(ledger.state().notices.size).toBe(0)
  })

  test('the project’s path, as when a disk is unmounted, returns with what changed meanwhile', async () => {
    await using given = await setting()
    const { folder, ledger, watch } = given
    await folder.copySamples()
    await watch({ pollMs: 50 })
    await ledger.until((events) => events.length === 4)
    await rename(folder.path, `${folder.path}-away`)
    await ledger.next(isProblem('.orch-state', 'vanished'))
    await writeFile(`${folder.path}-away/.orch-state/backlog.json`, '{"stories":[]}')
    await rm(`${folder.path}-away/.orch-state/sprints/sprint-1.json`)
    await rename(`${folder.path}-away`, folder.path)
    await ledger.next(isContent('backlog.json', { stories: [] }))
    await ledger.next(isContent('.orch-state'))
    await ledger.next(isProblem('sprints/sprint-1.json', 'vanished'))
    expect(ledger.events()).toHaveLength(8)
  })

  test('a path that is a file is a notice on that project, until it is a folder', async () => {
    await using given = await setting()
    const { folder, ledger, watch } = given
    await rm(folder.path, { recursive: true })
    await writeFile(folder.path, 'not a folder')
    const files = await watch({ pollMs: 50 })
    expect(await ledger.next(isProblem('.orch-state', 'unreadable'))).toMatchObject({ detail: 'a part of its path is no folder' })
    expect(files.health()).toMatchObject([{ hasFolder: false, problems: [{ file: '.orch-state' }] }])
    await rm(folder.path)
    await folder.write('status.json', { a: 1 })
    await ledger.next(isContent('status.json'))
    await ledger.next(isContent('.orch-state'))
    expect(ledger.state().notices.size).toBe(0)
  })

  test('and returns while nobody watched clears the notice that the log still holds', async () => {
    await using given = await setting()
    const { folder, ledger, watch } = given
    await folder.copySamples()
    const openNotices = async () => ledger.state().notices.values()
    const first = await watch({ openNotices })
    await ledger.until((events) => events.length === 4)
    await rename(folder.state('backlog.json'), `${folder.path}/kept`)
    await ledger.next(isProblem('backlog.json', 'vanished'))
    await first.close()
    await rename(`${folder.path}/kept`, folder.state('backlog.json'))
    await watch({ openNotices })
    await ledger.next(isContent('backlog.json'), 5)
    expect(ledger.state().notices.size).toBe(0)
  })

  test('again after a restart is told again', async () => {
    await using given = await setting()
    const { folder, ledger, watch } = given
    await folder.write('status.json', { a: 1 })
    const openNotices = async () => ledger.state().notices.values()
    for (const round of [1, 2]) {
      const files = await watch({ openNotices })
      if (round === 1) await ledger.next(isContent('status.json'))
      else await ledger.until(() => ledger.duplicates() === 1)
      const before = ledger.events().length
      await rename(folder.state('status.json'), `${folder.path}/kept`)
      await ledger.next(isProblem('status.json', 'vanished'), before)
      await rename(`${folder.path}/kept`, folder.state('status.json'))
      await ledger.next(isContent('status.json'), before)
      await files.close()
    }
    expect(ledger.state().notices.size).toBe(0)
  })

  test('and returns is the same events for two who watch', async () => {
    await using given = await setting()
    const { folder, ledger, watch } = given
    const other = openLedger()
    await folder.copySamples()
    await watch()
    await watch({ accept: other.accept })
    await ledger.until((events) => events.length === 4)
    await other.until((events) => events.length === 4)
    await rename(folder.state('backlog.json'), `${folder.path}/kept`)
    await Promise.all([ledger.next(isProblem('backlog.json', 'vanished')), other.next(isProblem('backlog.json', 'vanished'))])
    await rename(`${folder.path}/kept`, folder.state('backlog.json'))
    await Promise.all([ledger.next(isContent('backlog.json'), 5), other.next(isContent('backlog.json'), 5)])
    const ids = (from: Ledger) => from.events().map((event) => event.id)
    expect(ids(other)).toEqual(ids(ledger))
  })

  test('and stays away over a restart is not told again', async () => {
    await using given = await setting()
    const { folder, ledger, watch } = given
    await folder.write('status.json', { a: 1 })
    const openNotices = async () => ledger.state().notices.values()
    const first = await watch({ openNotices })
    await ledger.next(isContent('status.json'))
    await folder.remove('status.json')
    await ledger.next(isProblem('status.json', 'vanished'))
    await first.close()
    await watch({ openNotices })
    await marked(given, 1)
    expect(ledger.events().filter((event) => event.problem)).toHaveLength(1)
  })
})

describe.concurrent('while the log is away', () => {
  test('nothing is lost: the newest content is stored when it is back', async () => {
    await using given = await setting()
    const { folder, ledger, watch } = given
    await folder.copySamples()
    ledger.fail(new LogUnavailableError('full disk'))
    const asked = Promise.withResolvers<void>()
    const accept: Ledger['accept'] = (...given) => {
      asked.resolve()
      return ledger.accept(...given)
    }
    const files = await watch({ accept })
    await asked.promise
    await eventually(() => files.health()[0]?.isWaitingForLog)
    await folder.write('status.json', { current_state: 'BLOCKED' })
    ledger.fail(undefined)
    await ledger.until((events) => events.length === 4)
    expect(ledger.events()[3]).toMatchObject({ file: 'status.json', content: { current_state: 'BLOCKED' } })
  })

  test('what the log refuses is our error, told once and not tried again', async () => {
    await using given = await setting()
    const { folder, ledger, watch } = given
    const errors: unknown[] = []
    await folder.write('status.json', { a: 1 })
    ledger.fail(new Error('no such column'))
    const failed = Promise.withResolvers<void>()
    await watch({
      pollMs: 50,
      onError(error) {
        errors.push(error)
        failed.resolve()
      },
    })
    await failed.promise
    ledger.fail(undefined)
    await marked(given, 1)
    expect(errors).toEqual([new Error('no such column')])
    expect(ledger.events()).toHaveLength(1)
  })
})

describe.concurrent('projects', () => {
  test('come, go and move while others are followed', async () => {
    await using given = await setting()
    const { folder, ledger, watch } = given
    await using other = await openProjectFolder()
    await folder.write('status.json', { a: 1 })
    await other.write('status.json', { b: 1 })
    const files = await watch({ projects: [] })
    files.setProjects([{ name: 'apollo', path: folder.path }])
    await ledger.next(isContent('status.json', { a: 1 }))
    files.setProjects([{ name: 'apollo', path: other.path }])
    await ledger.next(isContent('status.json', { b: 1 }))
    files.setProjects([])
    expect(files.health()).toEqual([])
    await other.write('status.json', { b: 2 })
    files.setProjects([{ name: 'apollo', path: folder.path }])
    await ledger.until(() => ledger.duplicates() === 1)
    expect(ledger.events()).toHaveLength(2)
  })
})

test('hundreds of projects are followed by one, each change told of the right one', async () => {
  await using given = await setting()
  const { folder, ledger, watch } = given
  const projects = Array.from({ length: 300 }, (_, index) => ({ name: `p${index}`, path: join(folder.path, `p${index}`) }))
  const write = async ({ name, path }: WatchedProject, count: number) => {
    await mkdir(join(path, '.orch-state'), { recursive: true })
    await writeFile(join(path, '.orch-state/status.json'), JSON.stringify({ name, count }))
  }
  await Promise.all(projects.map((project) => write(project, 1)))
  const files = await watch({ projects })
  const told = (count: number) =>
    projects.every(({ name }) => ledger.events(name).some((event) => Bun.deepEquals(event.content, { name, count })))
  await ledger.until(() => told(1))
  await Promise.all(projects.map((project) => write(project, 2)))
  await ledger.until(() => told(2))
  expect(files.health().filter((project) => project.isWatching && project.files === 1)).toHaveLength(300)
})

describe.concurrent('nothing is touched:', () => {
  test('the folder has the same entries and times afterwards', async () => {
    await using given = await setting()
    const { folder, ledger, watch } = given
    await folder.copySamples()
    const before = await stamps(folder)
    const files = await watch()
    await ledger.until((events) => events.length === 4)
    await files.close()
    expect(await stamps(folder)).toEqual(before)
  })
})

async function stamps(folder: ProjectFolder): Promise<Record<string, unknown>> {
  const paths = [...new Bun.Glob('**').scanSync({ cwd: folder.path, dot: true, onlyFiles: false, absolute: true })].sort()
  const entries = paths.map(async (path): Promise<[string, unknown]> => {
    const { mtimeMs, ctimeMs, size, mode } = await stat(path)
    return [path, { mtimeMs, ctimeMs, size, mode }]
  })
  return Object.fromEntries(await Promise.all(entries))
}
