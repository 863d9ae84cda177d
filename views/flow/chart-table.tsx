import type { FC } from 'hono/jsx'

/** What a chart shows, as a table for those who would rather read it. */
export const ChartTable: FC<{ columns: readonly [string, string]; rows: readonly (readonly [string, number])[] }> = ({ columns, rows }) => (
  <details class="flow__table">
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
