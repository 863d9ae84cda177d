import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { runCommand } from '../support/command.ts'
import { temporaryFolder } from '../support/ending.ts'
import { freePort } from '../support/ports.ts'
import { startRedis } from '../support/redis.ts'

const PASSWORD = 'p@ss:word/1'

async function startTlsRedis() {
  const folder = temporaryFolder()
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')]
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  const request = ['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', ...names]
  const made = await runCommand([...request, '-keyout', key, '-out', certificate], { deadlineMs: 20_000 })
  if (made.exitCode !== 0) throw new Error(made.output)
  const port = await freePort()
  const tls = ['--tls-port', String(port), '--tls-cert-file', certificate, '--tls-key-file', key, '--tls-ca-cert-file', certificate]
  await startRedis({ args: [...tls, '--tls-auth-clients', 'no', '--user', 'anna', 'on', `>${PASSWORD}`, '~*', '&*', '+@all'] })
  return { port, certificate }
}

/** Another program, since what it trusts is settled when it starts; tells what it says when it wants a lease. */
async function hold(url: string, certificate = ''): Promise<string> {
  const argv = [process.execPath, join(import.meta.dir, 'redis-once-program.ts'), url]
  const { output } = await runCommand(argv, { env: { NODE_EXTRA_CA_CERTS: certificate }, deadlineMs: 15_000 })
  return output
}

test('rediss:// speaks TLS with a server whose certificate is trusted, as the user of the address', async () => {
  const { port, certificate } = await startTlsRedis()
  const address = (password: string) => `rediss://anna:${encodeURIComponent(password)}@localhost:${port}/0`
  expect(await hold(address(PASSWORD), certificate)).toMatch(/value: \[ true \]/)
  const stranger = await hold(address(PASSWORD))
  expect(stranger).toContain('self signed certificate')
  const wrong = await hold(address('wrong-secret'), certificate)
  expect(wrong).toContain('WRONGPASS')
  for (const said of [stranger, wrong]) expect(said).not.toMatch(/p@ss|p%40ss|wrong-secret/)
}, 60_000)
