import { readFile, writeFile } from 'node:fs/promises'

const MIGRATE = '/proc/sys/net/ipv4/tcp_migrate_req'

/** Finds a free port, or rejects with EADDRINUSE: workers share their port and would silently share it with a stranger. */
export async function probePort({ host, port }: { host: string; port: number }): Promise<number> {
  const probe = Bun.serve({ hostname: host, port, fetch: () => new Response(null, { status: 503 }) })
  const found = probe.port ?? port
  await probe.stop(true)
  return found
}

/** Whether the kernel passes waiting connections to other listeners; tries to enable it. */
export async function migratesConnections(): Promise<boolean> {
  try {
    if ((await readFile(MIGRATE, 'utf8')).trim() === '1') return true
    await writeFile(MIGRATE, '1')
    return true
  } catch {
    // No such setting, or not permitted: whoever operates the machine is told how to set it.
    return false
  }
}
