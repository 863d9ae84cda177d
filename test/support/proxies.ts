import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from './command.ts'
import { endAfter, type Lifetime, temporaryFolder } from './ending.ts'
import { eventually } from './eventually.ts'
import { freePort } from './ports.ts'
import { startResolver } from './resolver.ts'
import { adapted, shipped } from './shipped-file.ts'

export type Proxy = { /** https, with a certificate that nobody signed. */ url: string; plainUrl: string; logs(): string }

type Ports = { plain: number; tls: number; backends: readonly number[] }
type Place = Ports & { folder: string }

/** The shipped nginx site in front of these ports. */
export async function startNginx(backends: readonly number[], lifetime: Lifetime = 'test'): Promise<Proxy> {
  const place = await placeOf(backends, lifetime)
  const { folder } = place
  const site = adapted(shipped('config/nginx/visualizer.conf'), [
    [/listen 80;/, `listen 127.0.0.1:${place.plain};`],
    [/listen \[::\]:80;/, ''],
    [/listen 443 ssl http2;/, `listen 127.0.0.1:${place.tls} ssl http2;`],
    [/listen \[::\]:443 ssl http2;/, ''],
    [/\/etc\/letsencrypt\/live\/visualizer\.yourcompany\.com\//, `${folder}/`, 2],
    [/^ {4}server 127\.0\.0\.1:5000 .*\n^ {4}server 127\.0\.0\.1:5001 .*\n^ {4}server 127\.0\.0\.1:5002 .*\n/, serversOf(backends)],
  ])
  writeFileSync(join(folder, 'visualizer.conf'), site)
  writeFileSync(join(folder, 'visualizer-locations.conf'), shipped('config/nginx/visualizer-locations.conf'))
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off;\nmaster_process off;\npid ${folder}/nginx.pid;\nevents { worker_connections 4096; }\nhttp {\naccess_log off;\n${temporaryPaths(folder)}\ninclude ${folder}/visualizer.conf;\n}\n`,
  )
  return start(['nginx', '-p', folder, '-e', 'stderr', '-c', join(folder, 'nginx.conf')], place, lifetime)
}

const serversOf = (backends: readonly number[]) => backends.map((port) => `    server 127.0.0.1:${port} max_fails=0;\n`).join('')

/** The shipped nginx of the compose file, in front of one port of several addresses that a resolver names. */
export async function startComposeNginx(port: number, addresses: readonly string[], lifetime: Lifetime = 'test'): Promise<Proxy> {
  const place = await placeOf([port], lifetime)
  const { folder } = place
  const resolver = await startResolver(addresses, lifetime)
  const site = adapted(shipped('config/compose/nginx.conf'), [
    [/^worker_processes auto;/, `daemon off;\nmaster_process off;\npid ${folder}/nginx.pid;`],
    [/worker_connections 8192;/, 'worker_connections 4096;'],
    [/include \/etc\/nginx\/mime.types;/, temporaryPaths(folder)],
    [/resolver 127\.0\.0\.11 valid=5s;/, `resolver 127.0.0.1:${resolver} valid=5s ipv6=off;`],
    [/default visualizer:5000;/, `default visualizer.test:${port};`],
    [/listen 80;/, `listen 127.0.0.1:${place.plain};`],
    [/listen 443 ssl http2;/, `listen 127.0.0.1:${place.tls} ssl http2;`],
    [/\/etc\/nginx\/ssl\//, `${folder}/`, 2],
  ])
  writeFileSync(join(folder, 'nginx.conf'), site)
  writeFileSync(join(folder, 'visualizer-locations.conf'), shipped('config/nginx/visualizer-locations.conf'))
  return start(['nginx', '-p', folder, '-e', 'stderr', '-c', join(folder, 'nginx.conf')], place, lifetime)
}

const temporaryPaths = (folder: string) =>
  ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join('\n')

const SHIPPED_CHECK = 'option httpchk GET /health'

/** The shipped HAProxy configuration in front of these ports, with its own way to ask for their health or another. */
export async function startHaproxy(backends: readonly number[], lifetime: Lifetime = 'test', check = SHIPPED_CHECK): Promise<Proxy> {
  const place = await placeOf(backends, lifetime)
  const { folder } = place
  const file = adapted(shipped('config/haproxy/haproxy.cfg'), [
    [/bind :80$/, `bind 127.0.0.1:${place.plain}`],
    [/bind :443 ssl crt \/etc\/haproxy\/certs\/visualizer\.pem/, `bind 127.0.0.1:${place.tls} ssl crt ${folder}/visualizer.pem`],
    [new RegExp(`${SHIPPED_CHECK}$`), check],
    [/^ {4}server visualizer1 .*\n^ {4}server visualizer2 .*\n^ {4}server visualizer3 .*\n/, haproxyServersOf(backends)],
  ])
  writeFileSync(join(folder, 'haproxy.cfg'), file)
  return start(['haproxy', '-f', join(folder, 'haproxy.cfg'), '-db'], place, lifetime)
}

const haproxyServersOf = (backends: readonly number[]) =>
  backends.map((port, index) => `    server visualizer${index + 1} 127.0.0.1:${port}\n`).join('')

async function placeOf(backends: readonly number[], lifetime: Lifetime): Promise<Place> {
  const folder = temporaryFolder(lifetime)
  mkdirSync(folder, { recursive: true })
  await writeCertificate(folder)
  return { plain: await freePort(), tls: await freePort(), backends, folder }
}

async function writeCertificate(folder: string): Promise<void> {
  const [key, certificate, both] = ['privkey.pem', 'fullchain.pem', 'visualizer.pem'].map((name) => join(folder, name))
  const request = `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost -keyout ${key} -out ${certificate}`
  const { exitCode, output } = await runCommand(['sh', '-c', `${request} && cat ${certificate} ${key} > ${both}`], { deadlineMs: 20_000 })
  if (exitCode !== 0) throw new Error(`no certificate could be made: ${output}`)
}

async function start(argv: string[], { plain, tls, folder }: Place, lifetime: Lifetime): Promise<Proxy> {
  const log = join(folder, 'proxy.log')
  const child = Bun.spawn(argv, { stdio: ['ignore', Bun.file(log), Bun.file(log)] })
  endAfter(lifetime, async () => {
    child.kill('SIGKILL')
    await child.exited
  })
  const logs = async () => ((await Bun.file(log).exists()) ? Bun.file(log).text() : '')
  const answers = async () => {
    if (child.exitCode !== null) throw new Error(`${argv[0]} ended with code ${child.exitCode}: ${await logs()}`)
    return (await fetch(`http://127.0.0.1:${plain}/`, { redirect: 'manual' })).status === 301
  }
  await eventually(answers, { withinMs: 15_000 })
  const written = await logs()
  return { url: `https://127.0.0.1:${tls}`, plainUrl: `http://127.0.0.1:${plain}`, logs: () => written }
}
