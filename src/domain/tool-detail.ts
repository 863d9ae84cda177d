import { isRecord, textOf } from './loose-fields.ts'

/** What a tool was called with, in one text: the field that says most, where there are fields. */
export function toolDetail(detail: unknown): string | undefined {
  if (!isRecord(detail)) return textOf(detail)
  const { command, file_path, pattern, url, query, description, prompt, error } = detail
  const said = [command, file_path, pattern, url, query, description, prompt, error].find((part) => textOf(part) !== undefined)
  return textOf(said) ?? textOf(JSON.stringify(detail))
}
