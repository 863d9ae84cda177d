import { join } from 'node:path'
import { version } from '../../package.json'
import { openApi } from '../client/api.ts'
import type { Config } from '../config/config.ts'
import type { LogReader } from '../event-log/event-log.ts'
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
  onError(error: unknown): void
  signal: AbortSignal
}

/** Writes a project's replay and returns its size and contents. Only reads its source. */
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

/** A running service may have the embedded log open, so it is opened read-only. */
async function openReader({ database, redis, dataDir }: Config): Promise<LogReader> {
  if (database) {
    const { openPostgresLog } = await import('../event-log/postgres/postgres.ts')
    return openPostgresLog({ url: database.url.reveal(), poolSize: 2, isLookedAt: true })
  }
  if (redis) return (await import('../event-log/redis/redis.ts')).openRedisLog({ redis })
  return openSqliteReader(join(dataDir, 'events.sqlite'))
}
