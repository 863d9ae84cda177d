import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'bun:test'
import { parse } from 'yaml'
import { runCommand } from '../support/command.ts'
import { SECRET_KEY } from '../support/signed-in.ts'
import { endAfter, temporaryFolder } from '../support/ending.ts'
import { eventually } from '../support/eventually.ts'
import { freePort } from '../support/ports.ts'
import { runProgram } from '../support/server.ts'
import { adapted, shipped } from '../support/shipped-file.ts'

const ROOT = join(import.meta.dir, '../..')
const COMPOSE = join(ROOT, 'config/compose')

type Fly = {
  kill_signal: string
  kill_timeout: string
  env: Record<string, string>
  deploy: { strategy: string }
  http_service: { internal_port: number; concurrency: Record<string, unknown>; checks: { path: string }[]; auto_stop_machines: string }
  metrics: { port: number; path: string }
  build: { dockerfile: string }
}

test('fly.toml: connections, both checks, a long farewell, rolling, metrics, one port throughout', () => {
  const fly = Bun.TOML.parse(shipped('fly.toml')) as Fly
  expect([fly.kill_signal, Number.parseInt(fly.kill_timeout, 10) > 30, fly.deploy.strategy]).toEqual(['SIGTERM', true, 'rolling'])
  expect(fly.http_service.concurrency['type']).toBe('connections')
  expect(fly.http_service.checks.map(({ path }) => path)).toEqual(['/health', '/ready'])
  expect(fly.http_service.auto_stop_machines).toBe('off')
  expect([fly.http_service.internal_port, Number(fly.env['PORT'])]).toEqual([5000, 5000])
  // Figures have a port of their own, which Fly leads nobody to.
  expect([fly.metrics.port, Number(fly.env['METRICS_PORT'])]).toEqual([9091, 9091])
  expect(fly.metrics.path).toBe('/metrics')
  expect(existsSync(join(ROOT, fly.build.dockerfile))).toBe(true)
})

test('the settings of fly.toml and of production.env.example are ones that the program takes', async () => {
  const { env } = Bun.TOML.parse(shipped('fly.toml')) as Fly
  const logs = temporaryFolder()
  const lines = shipped('config/production.env.example').split('\n')
  const example = lines.flatMap((line) => {
    const [, name = '', value = ''] = /^#?([A-Z][A-Z_]+)=(.*)$/.exec(line) ?? []
    // As the example says of it, the folder of the log files must be there.
    return name === '' || name === 'REDIS_CLUSTER' ? [] : [[name, value.replace('/var/log/visualizer', logs)] as const]
  })
  for (const settings of [
    { ...env, SECRET_KEY },
    { ...Object.fromEntries(example), SECRET_KEY },
  ]) {
    const { exitCode, stderr } = await runProgram(['check-config'], settings)
    expect([exitCode, stderr.replace(/^warning: environment HOST: .*\n/gm, '')]).toEqual([0, ''])
  }
})

describe('compose', () => {
  type Service = {
    ports?: string[]
    volumes?: string[]
    healthcheck?: { test: string[] }
    deploy?: { replicas: number }
    env_file?: string
  }
  const { services } = parse(shipped('config/compose/compose.yaml')) as { services: Record<string, Service> }

  test('is what docker-compose reads', async () => {
    const folder = temporaryFolder()
    await Bun.write(join(folder, 'visualizer.env'), 'PORT=5000\n')
    const file = join(folder, 'compose.yaml')
    await Bun.write(file, shipped('config/compose/compose.yaml'))
    const { exitCode, output } = await runCommand(['docker-compose', '-f', file, 'config', '--quiet'], { deadlineMs: 60_000 })
    expect([exitCode, output]).toEqual([0, ''])
  }, 60_000)

  test('publishes nginx alone, runs two replicas, and checks all that can be checked', () => {
    const published = Object.entries(services).filter(([, service]) => service.ports !== undefined)
    expect(published.map(([name]) => name)).toEqual(['nginx'])
    expect(services['visualizer']?.deploy?.replicas).toBe(2)
    expect(services['visualizer']?.env_file).toBe('visualizer.env')
    expect(services['redis']?.healthcheck?.test).toEqual(['CMD', 'redis-cli', 'ping'])
    expect(services['visualizer']?.healthcheck?.test.join(' ')).not.toContain('curl')
  })

  test('mounts files that are there', () => {
    const mounts = Object.values(services).flatMap(({ volumes = [] }) => volumes.map((volume) => volume.split(':')[0] ?? ''))
    const files = mounts.filter((path) => path.startsWith('..') || path === './nginx.conf')
    expect(files.length).toBeGreaterThanOrEqual(3)
    for (const path of files) expect([path, existsSync(join(COMPOSE, path))]).toEqual([path, true])
  })

  test('its nginx.conf is one that nginx takes', async () => {
    const folder = temporaryFolder()
    const certificate = `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=localhost -keyout ${folder}/privkey.pem -out ${folder}/fullchain.pem`
    await runCommand(['sh', '-c', certificate], { deadlineMs: 20_000 })
    const text = adapted(shipped('config/compose/nginx.conf'), [[/\/etc\/nginx\/ssl\//, `${folder}/`, 2]])
    await Bun.write(join(folder, 'nginx.conf'), `pid ${folder}/nginx.pid;\n${text}`)
    await Bun.write(join(folder, 'visualizer-locations.conf'), shipped('config/nginx/visualizer-locations.conf'))
    const { exitCode, output } = await runCommand(['nginx', '-t', '-e', 'stderr', '-p', folder, '-c', join(folder, 'nginx.conf')], {
      deadlineMs: 20_000,
    })
    expect([exitCode, exitCode === 0 ? '' : output]).toEqual([0, ''])
  })
})

test('redis.conf is one that Redis takes, and every write of it is on disk', async () => {
  const port = await freePort()
  const folder = temporaryFolder()
  const child = Bun.spawn(
    ['redis-server', join(ROOT, 'config/redis/redis.conf'), '--port', String(port), '--bind', '127.0.0.1', '--dir', folder],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  )
  endAfter('test', () => child.kill('SIGKILL'))
  const ask = async (...words: string[]) => (await runCommand(['redis-cli', '-p', String(port), ...words], { deadlineMs: 5_000 })).output
  await eventually(async () => (await ask('ping')) === 'PONG')
  expect(await ask('config', 'get', 'appendfsync')).toContain('always')
  expect(await ask('config', 'get', 'appendonly')).toContain('yes')
  expect(await ask('config', 'get', 'maxmemory-policy')).toContain('noeviction')
})
