import { beforeAll } from 'bun:test'
import { openPostgresLog } from '../../src/event-log/postgres/postgres.ts'
import { type Postgres, startPostgres } from '../support/postgres.ts'
import { describeEventLog } from './event-log.contract.ts'

let postgres: Postgres
beforeAll(async () => {
  postgres = await startPostgres()
}, 60_000)

describeEventLog('PostgreSQL', async () => {
  const url = await postgres.newDatabase()
  return { open: ({ clock } = {}) => openPostgresLog(clock ? { url, clock } : { url }) }
})
