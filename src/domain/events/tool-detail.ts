import { isRecord, textOf } from './loose-fields.ts'

/** The fields of a tool's call that say what it does; the first that says something is told. */
export const TOLD_FIRST = ['command', 'file_path', 'pattern', 'url', 'query', 'description', 'prompt', 'error'] as const

/** What a tool was called with, in one text: the field that says most, where there are fields. */
export function toolDetail(detail: unknown): string | undefined {
  if (!isRecord(detail)) return textOf(detail)
  const said = TOLD_FIRST.map((name) => detail[name]).find((part) => textOf(part) !== undefined)
  return textOf(said) ?? textOf(JSON.stringify(detail))
}
