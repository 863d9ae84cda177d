import { endAfter, type Lifetime, temporaryFolder } from './ending.ts'
import { launchPostgres, type Postgres } from './postgres-server.ts'

export type { Postgres } from './postgres-server.ts'

/** A real server of its own, in its own folder on its own port; it ends with the test file (or the test). */
export async function startPostgres(lifetime: Lifetime = 'file'): Promise<Postgres> {
  const server = await launchPostgres(temporaryFolder(lifetime))
  endAfter(lifetime, () => server.kill('SIGKILL'))
  return server
}
