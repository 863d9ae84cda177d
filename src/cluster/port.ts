import { readFile, writeFile } from 'node:fs/promises'

const MIGRATE = '/proc/sys/net/ipv4/tcp_migrate_req'

/**
 * Takes the port alone for a moment and gives back its number. Rejects with EADDRINUSE when anybody listens there: workers share
 * their port, and would otherwise share it silently with a stranger.
 */
export async function probePort({ host, port }: { host: string; port: number }): Promise<number> {
  const probe = Bun.serve({ hostname: host, port, fetch: () => new Response(null, { status: 503 }) })
  const found = probe.port ?? port
  await probe.stop(true)
  return found
}

/** True when the kernel hands what waits at a closing listener to the others. Tries to switch that on. */
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
