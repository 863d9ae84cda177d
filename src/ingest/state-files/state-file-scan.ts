import { lstat, opendir, realpath, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Item, type ListedFile, newItem } from './state-file-item.ts'
import { type Folder, folderOf, FOLDERS, isFolder, STATE_FOLDER, stateFileName } from './state-file-names.ts'
import { folderPath, isAbsent, isInside, kindOf, reasonOf, type StateFileProblem, witnessOf } from './state-file-reader.ts'
import { type Finding, vanished } from './state-file-report.ts'

export type FolderState =
  { kind: 'there' } | { kind: 'absent'; witness: string } | { kind: 'problem'; problem: StateFileProblem; detail: string }

export type Scan = { folders: Map<Folder, FolderState>; files: Map<string, ListedFile> }

export const FILES_PER_FOLDER = 1_000
const ENTRIES_PER_FOLDER = 20_000
const LOOKS_AT_ONCE = 16

/** Lists a project's state files without opening them; calls `enter` with each folder first. */
export async function scanStateFiles(projectPath: string, enter: (path: string) => Promise<void>): Promise<Scan> {
  const scan: Scan = { folders: new Map(), files: new Map() }
  for (const folder of FOLDERS) {
    const state = await folderState(projectPath, folder)
    scan.folders.set(folder, state)
    if (state.kind !== 'there') {
      if (folder === STATE_FOLDER) break
      continue
    }
    await enter(folderPath(projectPath, folder))
    await listFolder({ projectPath, folder, scan }).catch(async (error: unknown) => {
      scan.folders.set(folder, await failed(folderPath(projectPath, folder), error))
    })
  }
  return scan
}

async function folderState(projectPath: string, folder: Folder): Promise<FolderState> {
  const path = folderPath(projectPath, folder)
  try {
    const found = await stat(path)
    if (!found.isDirectory()) return unreadable(`it is a ${kindOf(found)}, not a folder`)
    const home = await realpath(folder === STATE_FOLDER ? projectPath : join(projectPath, STATE_FOLDER))
    return isInside(home, await realpath(path)) ? { kind: 'there' } : unreadable('it is a link that leads elsewhere')
  } catch (error) {
    return failed(path, error)
  }
}

async function failed(path: string, error: unknown): Promise<FolderState> {
  if (!isAbsent(error)) return unreadable(reasonOf(error))
  for (let above = dirname(path); ; above = dirname(above)) {
    const witness = await witnessOf(above)
    if (witness !== undefined || above === dirname(above)) return { kind: 'absent', witness: `${above} ${witness}` }
  }
}

const unreadable = (detail: string): FolderState => ({ kind: 'problem', problem: 'unreadable', detail })

type Listing = { projectPath: string; folder: Folder; scan: Scan }

async function listFolder({ projectPath, folder, scan }: Listing) {
  const { names, isWhole } = await stateFilesIn(folderPath(projectPath, folder), folder)
  const listed: [string, ListedFile][] = []
  for (let from = 0; from < names.length; from += LOOKS_AT_ONCE) {
    const looks = names.slice(from, from + LOOKS_AT_ONCE).map(async (file) => {
      const found = await look(join(projectPath, STATE_FOLDER, file))
      if (found) listed.push([file, found])
    })
    await Promise.all(looks)
  }
  listed.sort(([, one], [, other]) => other.modifiedMs - one.modifiedMs)
  for (const [file, found] of listed.slice(0, FILES_PER_FOLDER)) scan.files.set(file, found)
  if (isWhole && listed.length <= FILES_PER_FOLDER) return
  scan.folders.set(folder, { kind: 'problem', problem: 'too_large', detail: `more than ${FILES_PER_FOLDER} files: the newest are read` })
}

async function stateFilesIn(path: string, folder: Folder): Promise<{ names: string[]; isWhole: boolean }> {
  const names: string[] = []
  let entries = 0
  for await (const entry of await opendir(path)) {
    if (++entries > ENTRIES_PER_FOLDER) return { names, isWhole: false }
    const file = stateFileName(folder, entry.name)
    if (file !== undefined) names.push(file)
  }
  return { names, isWhole: true }
}

/** A link's target can change unnoticed, so links get a new print each time. */
async function look(path: string): Promise<ListedFile | undefined> {
  try {
    const found = await lstat(path)
    const print = found.isSymbolicLink() ? crypto.randomUUID() : `${found.ino}:${found.size}:${found.mtimeMs}:${found.ctimeMs}`
    return { print, modifiedMs: found.mtimeMs }
  } catch (error) {
    if (isAbsent(error)) return undefined
    return { print: reasonOf(error), modifiedMs: 0 }
  }
}

export type Changes = { findings: { name: string; finding: Finding }[]; toRead: string[] }

const VANISHED_REMEMBERED = 1_000

const THERE: Finding = { kind: 'content', mtime: undefined, hash: '', bytes: 0, content: {}, droppedRecords: 0 }

/** Compares a scan with what is known: findings about folders, and the files to read. */
export function applyScan(items: Map<string, Item>, scan: Scan): Changes {
  const findings = [...scan.folders].flatMap(([folder, state]) => folderFinding(items, folder, state) ?? [])
  return { findings, toRead: [...listedAnew(items, scan), ...missing(items, scan)] }
}

function folderFinding(items: Map<string, Item>, name: Folder, state: FolderState): Changes['findings'][number] | undefined {
  const known = items.get(name)
  if (!known && state.kind === 'absent') return undefined
  if (!known) items.set(name, newItem(state.kind === 'there' ? { kind: 'content', id: '', mtime: undefined, hash: '' } : undefined))
  if (state.kind === 'there') return { name, finding: THERE }
  return { name, finding: state.kind === 'absent' ? vanished(state.witness) : { ...state, mtime: undefined } }
}

function listedAnew(items: Map<string, Item>, scan: Scan): string[] {
  const files: string[] = []
  for (const [file, listed] of scan.files) {
    const item = items.get(file) ?? newItem()
    items.set(file, item)
    if (item.listed?.print !== listed.print) files.push(file)
    item.listed = listed
  }
  return files
}

function missing(items: Map<string, Item>, { folders, files }: Scan): string[] {
  const gone: string[] = []
  const reported: string[] = []
  for (const [file, item] of items) {
    if (isFolder(file) || files.has(file)) continue
    const folder = folders.get(folderOf(file))
    const isAmongTooMany = folder?.kind === 'problem' && folder.problem === 'too_large'
    if (isAmongTooMany || (folder?.kind === 'there' && !item.reported)) items.delete(file)
    else if (folder?.kind === 'there') (isReportedGone(item) ? reported : gone).push(file)
  }
  for (const file of reported.slice(0, Math.max(0, reported.length - VANISHED_REMEMBERED))) items.delete(file)
  return gone
}

const isReportedGone = ({ reported }: Item) => reported?.kind === 'problem' && reported.problem === 'vanished'
