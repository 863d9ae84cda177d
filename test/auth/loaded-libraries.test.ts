import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { Visitor } from '../support/oidc-server.ts'
import { signInAt, startOidcService } from '../support/oidc-service.ts'
import { startServer } from '../support/server.ts'

const PRELOAD = { BUN_OPTIONS: `--preload ${join(import.meta.dir, '../telemetry/loaded-modules.ts')}` }

const loadedIn = (logs: string) =>
  (JSON.parse(/^loaded (.*)$/m.exec(logs)?.[1] ?? 'null') as string[]).filter((name) => ['jose', 'openid-client'].includes(name))

test('the libraries of providers are loaded at the first sign-in, and not at all where nobody signs in that way', async () => {
  const [token, oidc] = await Promise.all([startServer({ env: { ...PRELOAD, AUTH: 'token' } }), startOidcService({ env: PRELOAD })])
  await fetch(`${token.url}/login`)
  await token.stop()
  expect(loadedIn(token.logs())).toEqual([])
  await fetch(`${oidc.server.url}/login`)
  await oidc.server.restart()
  expect(loadedIn(oidc.server.logs())).toEqual([])
  const before = oidc.server.logs().length
  await signInAt(oidc.server, new Visitor(), 'mara')
  await oidc.server.stop()
  expect(loadedIn(oidc.server.logs().slice(before))).toContain('openid-client')
}, 60_000)
