import { type Item, newItem } from './state-file-item.ts'
import { type Folder, folderOf, isFolder } from './state-file-names.ts'
import { type Finding, vanished } from './state-file-report.ts'
import type { FolderState, Scan } from './state-file-scan.ts'

export type Changes = { findings: { name: string; finding: Finding }[]; toRead: string[] }

/** Files that are gone and told to be; beyond this the ones that went first are forgotten. */
const VANISHED_REMEMBERED = 1_000

/** A folder that is there says nothing more; one that never had a problem is not spoken of. */
const THERE: Finding = { kind: 'content', mtime: undefined, hash: '', bytes: 0, content: {}, droppedRecords: 0 }

/** Compares a look at the folders with what is known: what became of the folders, and which files are to be read. */
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

/** Files that were there and are not listed any more, in folders that could be listed. */
function missing(items: Map<string, Item>, { folders, files }: Scan): string[] {
  const gone: string[] = []
  const told: string[] = []
  for (const [file, item] of items) {
    if (isFolder(file) || files.has(file)) continue
    const folder = folders.get(folderOf(file))
    const isAmongTooMany = folder?.kind === 'problem' && folder.problem === 'too_large'
    if (isAmongTooMany || (folder?.kind === 'there' && !item.told)) items.delete(file)
    else if (folder?.kind === 'there') (isToldGone(item) ? told : gone).push(file)
  }
  for (const file of told.slice(0, Math.max(0, told.length - VANISHED_REMEMBERED))) items.delete(file)
  return gone
}

const isToldGone = ({ told }: Item) => told?.kind === 'problem' && told.problem === 'vanished'
