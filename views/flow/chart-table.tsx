import type { FC } from 'hono/jsx'

type ChartTableProps = { id: string; columns: readonly [string, string]; rows: readonly (readonly [string, number])[] }

/** What a chart shows, as a table for those who would rather read it. */
export const ChartTable: FC<ChartTableProps> = ({ id, columns, rows }) => (
  <details id={id} class="flow__table">
    <summary>As a table</summary>
    <table>
      <thead>
        <tr>
          {columns.map((column) => (
            <th scope="col">{column}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, value]) => (
          <tr>
            <th scope="row">{name}</th>
            <td>{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </details>
)
