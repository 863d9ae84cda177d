import { resolve } from 'node:path'
import { type Address, addressOf, type ClientFlags } from './client-settings.ts'
import type { Flags, Variables } from './environment.ts'

/** What `visualizer export` can be told; all of it as it was written. */
export type ExportFlags = {
  client: ClientFlags
  /** Where the log is, when no service is asked. */
  server: Flags
  to: string | undefined
  out: string | undefined
  isForced: boolean
}

export type ExportSettings = {
  project: string
  from: string | undefined
  to: string | undefined
  /** The service to ask; undefined where the log that the settings name is read. */
  address: Address | undefined
  /** Absolute. */
  out: string
  /** A file that is there is replaced. */
  isForced: boolean
}

/** What `visualizer export` is to do. A flag that names a log comes before a variable that names a service. Throws a `UsageError`. */
export function readExport(project: string, flags: ExportFlags, env: Variables = process.env): ExportSettings {
  const { client, server, to, out, isForced } = flags
  const isLogNamed = server.dataDir !== undefined || server.config !== undefined
  const isAddressNamed = client.url !== undefined || (!isLogNamed && Boolean(env['VISUALIZER_URL']))
  return {
    project,
    from: client.from,
    to,
    address: isAddressNamed ? addressOf(client, env) : undefined,
    out: resolve(out ?? `${project.replace(/[^\w.-]/g, '_')}-replay.html`),
    isForced,
  }
}
