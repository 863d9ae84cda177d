import type { RunningServer } from '../support/server.ts'

/** The processes that a supervisor said it started, in this order. */
export const pidsOf = (logs: string) => [...logs.matchAll(/worker \d+ spawned worker_pid=(\d+)/g)].map(([, pid]) => Number(pid))

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

export type Status = {
  worker: { id: string; pid: number }
  reload: { outcome: string; problems: string[] } | null
}

/** What the worker says that answers a connection of its own. */
export async function statusOf(url: string): Promise<Status> {
  const response = await fetch(`${url}/api/v1/status`, { headers: { connection: 'close' }, keepalive: false })
  return (await response.json()) as Status
}

/** The value of a figure, over all workers; 0 where it is not there. */
export async function figureOf(server: RunningServer, name: string): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text()
  const line = text.split('\n').find((one) => one.startsWith(`${name} `))
  return Number(line?.slice(name.length) ?? 0)
}
