import { join } from 'node:path'
import { version } from '../../package.json'
import { openApi } from '../client/api.ts'
import type { Config } from '../config/config.ts'
import type { LogReader } from '../event-log/event-log.ts'
import { openPostgresLog } from '../event-log/postgres/postgres.ts'
import { openRedisLog } from '../event-log/redis/redis.ts'
import { openLogSource } from '../export/log-source.ts'
import { periodOf, type ReplaySource } from '../export/replay-source.ts'
import { openServerSource } from '../export/server-source.ts'
import { loadReplayParts, replayDocument } from '../export/document.tsx'
import { type Recorded, writeReplay } from '../export/write-replay.ts'
import { openSqliteReader } from '../event-log/sqlite/sqlite.ts'
import type { ExportSettings } from '../config/client-settings.ts'

export type ExportRun = {
  config: Config
  settings: ExportSettings
  progress(done: number, of: number): void
  /** Told what was passed over: the export goes on without it. */
  onError(error: unknown): void
  signal: AbortSignal
}

/** Writes a project's replay, and tells the file's bytes and what it holds. Nothing is changed where it is read. */
export async function exportReplay({
  config,
  settings,
  progress,
  onError,
  signal,
}: ExportRun): Promise<{ bytes: number; recorded: Recorded }> {
  const source = await openSource(config, settings, onError)
  try {
    const period = await periodOf(source, settings)
    const parts = await loadReplayParts()
    const events = period.last - period.first + 1
    const document = replayDocument({ ...parts, project: source.project.name, version, exportedAt: Date.now(), period })
    return await writeReplay({ source, period, out: settings.out, document, progress: (done) => progress(done, events), signal })
  } finally {
    await source.close()
  }
}

async function openSource(config: Config, { address, project }: ExportSettings, onError: ExportRun['onError']): Promise<ReplaySource> {
  if (address) return openServerSource(openApi(address), project)
  const log = await openReader(config)
  try {
    return await openLogSource({ log, name: project, staleMinutes: config.staleMinutes, onError })
  } catch (error) {
    await log.close()
    throw error
  }
}

/** The embedded log is a file that a service may have open: it is looked at, and nothing else. */
function openReader({ database, redis, dataDir }: Config): Promise<LogReader> {
  if (database) return openPostgresLog({ url: database.url.reveal(), poolSize: 2, isLookedAt: true })
  if (redis) return openRedisLog({ redis })
  return openSqliteReader(join(dataDir, 'events.sqlite'))
}
