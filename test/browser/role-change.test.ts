import { expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openBrowser, until, untilText } from '../support/browser.ts'
import { temporaryFolder } from '../support/ending.ts'
import { startServer } from '../support/server.ts'
import { linkCode, SIGNED_IN } from '../support/signed-in.ts'

const configured = (...lines: string[]) =>
  `projects:\n  apollo: { path: . }\n  gemini: { path: ./gemini }\nsecurity:\n  policy:\n    - p, role:looker, see, apollo, allow\n${lines.map((line) => `    - ${line}\n`).join('')}`

test('a role that changes while a page is open changes what the page shows, on whatever worker', async () => {
  const config = join(temporaryFolder(), 'orch-config.yaml')
  writeFileSync(config, configured('p, role:looker, see, gemini, allow'))
  const server = await startServer({ env: { ...SIGNED_IN, WORKERS: '2' }, args: ['--config', config] })
  const place = { dataDir: server.dataDir, env: { ...SIGNED_IN, ORCH_CONFIG: config } }
  const code = await linkCode(place, '--role', 'looker', '--name', 'Lou')
  const watched = await (await openBrowser()).openPage(`${server.url}/login?link=${code}&to=/`)
  const { page } = watched
  watched.tolerate(/404|WebSocket/)
  await page.click('text=Sign in as')
  await untilText(page, 'gemini')
  const other = await page.context().newPage()
  await other.goto(`${server.url}/projects/gemini`)
  await until(other, () => document.getElementById('live')?.dataset.state === 'live')
  writeFileSync(config, configured())
  process.kill(server.pid(), 'SIGHUP')
  await until(other, () => document.getElementById('live')?.dataset.state === 'ended')
  await until(page, () => !document.body.textContent.includes('gemini'))
  expect(await page.textContent('main')).toContain('apollo')
  expect((await other.goto(`${server.url}/projects/gemini`))?.status()).toBe(404)
  await untilText(other, 'No such project')
})
