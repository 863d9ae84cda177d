export type Cell = string | number
export type Table = { title: string; columns: string[]; rows: Cell[][] }

const shown = (cell: Cell) => (typeof cell === 'number' ? cell.toLocaleString('en', { maximumFractionDigits: cell < 100 ? 2 : 0 }) : cell)

/** A table as text: words to the left, figures to the right. */
export function formatTable({ title, columns, rows }: Table): string {
  const cells = [columns, ...rows.map((row) => row.map(shown))]
  const widths = columns.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)))
  const isFigure = columns.map((_, column) => rows.some((row) => typeof row[column] === 'number'))
  const line = (row: string[]) =>
    widths.map((width, column) => (isFigure[column] ? (row[column] ?? '').padStart(width) : (row[column] ?? '').padEnd(width))).join('  ')
  const [head = [], ...body] = cells
  return [title, line(head).trimEnd(), line(widths.map((width) => '─'.repeat(width))), ...body.map((row) => line(row).trimEnd())].join('\n')
}
