/** The processes that a supervisor said it started, in this order. */
export const pidsOf = (logs: string) => [...logs.matchAll(/worker \d+ spawned worker_pid=(\d+)/g)].map(([, pid]) => Number(pid))

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Which worker answers a connection of its own. */
export async function workerOf(url: string): Promise<{ id: string; pid: number }> {
  const response = await fetch(`${url}/api/v1/status`, { headers: { connection: 'close' }, keepalive: false })
  return ((await response.json()) as { worker: { id: string; pid: number } }).worker
}
