import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Auth, openAuth } from '../auth/auth.ts'
import { tellChanges } from '../auth/tell-changes.ts'
import { newSecret } from '../auth/signing.ts'
import { topics } from '../bus/bus.ts'
import type { Opened } from '../close-in-reverse.ts'
import type { Config } from '../config/config.ts'
import { ACCESS_LOG } from '../domain/events/names.ts'
import type { Hub } from '../live/hub.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Engines } from './engines.ts'

type Stores = Pick<Engines, 'eventLog' | 'bus' | 'keyValue'>
type Deps = { config: Config; engines: Stores; onError(error: unknown): void; opened: Opened; log: Pick<Logger, 'warn'> }

const MINUTE_MS = 60_000

const reasonOf = (error: unknown): string => {
  const words = error instanceof Error ? error.message : String(error)
  return error instanceof Error && error.cause !== undefined ? `${words}: ${reasonOf(error.cause)}` : words
}

/** Who may come in, over the engines of this deployment; resolves at once while they are away. */
export async function openAuthOver({ config, engines, onError, opened, log }: Deps): Promise<Auth> {
  const { eventLog, bus, keyValue } = engines
  const { idleMinutes, hours } = config.auth.session
  const auth = opened.add(
    openAuth({
      ...{ eventLog, keyValue, onError, keys: secretKeys(config) },
      async append(project, events) {
        const { position, appended } = await eventLog.append(project, events)
        if (project === ACCESS_LOG && appended.length > 0) bus.publish(topics.access, { project, ...position, events: appended })
      },
      providers: config.providers,
      onAway: (error) => log.warn('who signs in cannot be asked about', { reason: reasonOf(error) }),
      limits: { idleMs: idleMinutes * MINUTE_MS, mostMs: hours * 60 * MINUTE_MS },
    }),
  )
  const catchUp = () => void auth.access.catchUp().catch(onError)
  const unsubscribe = await bus.subscribe(topics.access, { deliver: catchUp, missed: catchUp })
  opened.add({ close: unsubscribe })
  await auth.access.catchUp().catch(onError)
  return auth
}

/** Notes in the audit log that the service runs with another configuration or policy than before. */
export function noteSettings(auth: Auth, config: Config, keyValue: Engines['keyValue']): Promise<void> {
  const { secretKeys: _, ...rules } = config.auth
  const shown = { ...config, auth: rules, policy: undefined, port: 0, configFile: undefined, dataDir: '' }
  return tellChanges({ keyValue, note: auth.note }, { configuration: JSON.stringify(shown), policy: JSON.stringify(config.policy) })
}

const CHECK_MS = 20_000

/** Closes websockets whose session or token has ended: at once where it was ended, else within 20 seconds. */
export function closeEnded(auth: Auth, hub: Pick<Hub, 'end' | 'sessions'>, onError: (error: unknown) => void) {
  auth.onEnded((ended) => hub.end(ended))
  const check = async () => hub.end(await auth.endedOf(hub.sessions()))
  const timer = setInterval(() => void check().catch(onError), CHECK_MS)
  return { close: () => clearInterval(timer) }
}

/** Where people reach the service, as far as the settings tell. */
export function addressOf({ publicUrl, host }: Pick<Config, 'publicUrl' | 'host'>, port: number | string): string {
  const shown = /^(0\.0\.0\.0|::)$/.test(host) ? 'localhost' : host.includes(':') ? `[${host}]` : host
  return publicUrl ?? `http://${shown}:${port}`
}

/** Shows a link for the first admin, on one worker of the fleet, when nobody may come in otherwise. */
export async function offerFirstLink(auth: Auth, { log, url }: { log: Pick<Logger, 'warn'>; url: string }): Promise<void> {
  // Where a proxy signs people in, links do nothing.
  if (auth.providers.proxy || auth.access.current().hasAdmin) return
  const code = await auth.links.makeFirst()
  if (code === undefined) return
  log.warn(`no administrator has signed in yet: open ${url}/login?link=${code} within 15 minutes; "visualizer sign-in-link" makes another`)
}

/** The configured keys; in development without one, a key that is made once and kept in the data folder. */
function secretKeys({ auth, dataDir }: Config): readonly { reveal(): string }[] {
  if (auth.mode === 'open') return [keyOf(newSecret())]
  return auth.secretKeys.length > 0 ? auth.secretKeys : [keyOf(keptKey(join(dataDir, 'secret-key')))]
}

const keyOf = (text: string) => ({ reveal: () => text })

/** Of several workers that start at once, one makes the file: a link to a whole file fails where there is one. */
function keptKey(file: string): string {
  const own = `${file}.${process.pid}`
  try {
    writeFileSync(own, `${newSecret()}\n`, { mode: 0o600 })
    linkSync(own, file)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  } finally {
    rmSync(own, { force: true })
  }
  return readFileSync(file, 'utf8').trim()
}
