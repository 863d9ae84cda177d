import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RedisConfig } from '../../src/config/config.ts'
import { secret } from '../../src/config/secret.ts'
import { runCommand } from './command.ts'
import { endAfter, type Lifetime, temporaryFolder } from './ending.ts'
import { eventually } from './eventually.ts'
import { freePort } from './ports.ts'

export type RedisServer = {
  port: number
  url: string
  config: RedisConfig
  pid(): number
  /** What redis-cli answers. */
  cli(...args: string[]): Promise<string>
  /** SIGSTOP, SIGCONT or what else a machine does to a program. */
  signal(name: NodeJS.Signals): void
  /** Ends it as a power cut would (SIGKILL). */
  kill(): Promise<void>
  /** Starts it on the same port with the same files, once what was running there has ended; resolves when it answers. */
  restart(): Promise<void>
}

/** `folder`: where its files are; a new one unless given. What `args` say goes before the defaults. */
export type RedisOptions = { args?: string[]; folder?: string; lifetime?: Lifetime }

/** As it is advised for the log: nothing acknowledged may be lost. Lua, streams and so on are those of the installed redis-server. */
const DURABLE = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', '']

/** Starts a real redis-server on a port and in a folder of its own. */
export async function startRedis({ args = [], folder: given, lifetime = 'test' }: RedisOptions = {}): Promise<RedisServer> {
  const folder = given ?? temporaryFolder(lifetime)
  const port = await freePort()
  const argv = ['redis-server', '--port', String(port), '--bind', '127.0.0.1', '--dir', folder, ...DURABLE, ...args]
  return startServer({ argv, folder, port, lifetime })
}

export type Started = { argv: string[]; folder: string; port: number; lifetime: Lifetime }

async function startServer({ argv, folder, port, lifetime }: Started): Promise<RedisServer> {
  const log = join(folder, 'server.log')
  const url = `redis://127.0.0.1:${port}`
  let child: Bun.Subprocess | undefined
  const cli = async (...args: string[]) => {
    const { output } = await runCommand(['redis-cli', '-h', '127.0.0.1', '-p', String(port), ...args], { deadlineMs: 5_000 })
    return output
  }
  const kill = async () => {
    child?.kill('SIGKILL')
    await child?.exited
  }
  async function restart() {
    await kill()
    const started = Bun.spawn([...argv, '--logfile', log], { stdio: ['ignore', 'ignore', 'ignore'] })
    child = started
    await eventually(
      async () => {
        if (started.exitCode !== null) throw new Error(`${argv[0]} ended with code ${started.exitCode}: ${await Bun.file(log).text()}`)
        // A server that wants a password answers too.
        return /^(PONG|NOAUTH)/.test(await cli('ping'))
      },
      { withinMs: 15_000 },
    )
  }
  endAfter(lifetime, kill)
  await restart()
  const config: RedisConfig = { kind: 'single', url: secret(url) }
  return { port, url, config, pid: () => child?.pid ?? 0, cli, signal: (name) => child?.kill(name), kill, restart }
}

export type RedisCluster = { masters: RedisServer[]; urls: string[]; config: RedisConfig }

/** Starts a Cluster of three masters, and replicas where asked: as many for each. Answers while one of them is away. */
export async function startCluster({
  replicas = 0,
  lifetime = 'test',
}: { replicas?: number; lifetime?: Lifetime } = {}): Promise<RedisCluster> {
  const count = 3 * (1 + replicas)
  const settings = ['--cluster-enabled', 'yes', '--cluster-require-full-coverage', 'no', '--cluster-node-timeout', '2000']
  const masters = await Promise.all(
    Array.from({ length: count }, async () => startRedis({ args: [...settings, '--cluster-port', String(await freePort())], lifetime })),
  )
  const addresses = masters.map(({ port }) => `127.0.0.1:${port}`)
  const create = ['redis-cli', '--cluster', 'create', ...addresses, '--cluster-replicas', String(replicas), '--cluster-yes']
  const { exitCode, output } = await runCommand(create, { deadlineMs: 30_000 })
  if (exitCode !== 0) throw new Error(`no Cluster could be made: ${output}`)
  for (const { cli } of masters)
    await eventually(async () => (await cli('cluster', 'info')).includes('cluster_state:ok'), { withinMs: 15_000 })
  // A replica that has nothing yet cannot take its master's place.
  const isPaired = async ({ cli }: RedisServer) => /master_link_status:up|state=online/.test(await cli('info', 'replication'))
  if (replicas > 0) for (const server of masters) await eventually(() => isPaired(server), { withinMs: 20_000 })
  const urls = masters.map(({ url }) => url)
  return { masters, urls, config: { kind: 'cluster', urls: urls.map(secret) } }
}

export type RedisSentinel = {
  /** At the start; after a failover they are the other way round. */
  master: RedisServer
  replica: RedisServer
  sentinels: { host: string; port: number }[]
  sentinelServers: RedisServer[]
  masterName: string
  config: RedisConfig
}

/** Starts a master with one replica, and three Sentinels that take it for dead after 800 ms. */
export async function startSentinel({ args = [], lifetime = 'test' }: RedisOptions = {}): Promise<RedisSentinel> {
  const masterName = 'mymaster'
  // A replica that asks for everything is given it at once, not after five seconds.
  const master = await startRedis({ args: [...args, '--repl-diskless-sync-delay', '0'], lifetime })
  const following = ['--replicaof', '127.0.0.1', String(master.port)]
  const replica = await startRedis({ args: [...args, ...following], lifetime })
  await eventually(async () => (await master.cli('info', 'replication')).includes('state=online'), { withinMs: 15_000 })
  const sentinelServers = await Promise.all([1, 2, 3].map(() => startOneSentinel({ masterName, master, lifetime })))
  const knowAll = async ({ cli }: RedisServer) => {
    const told = await cli('sentinel', 'master', masterName)
    return /num-slaves\s+1\b/.test(told) && /num-other-sentinels\s+2\b/.test(told)
  }
  for (const sentinel of sentinelServers) await eventually(() => knowAll(sentinel), { withinMs: 20_000 })
  const sentinels = sentinelServers.map(({ port }) => ({ host: '127.0.0.1', port }))
  const config: RedisConfig = { kind: 'sentinel', url: secret('redis://localhost'), sentinels, masterName }
  return { master, replica, sentinels, sentinelServers, masterName, config }
}

async function startOneSentinel({ masterName, master, lifetime }: { masterName: string; master: RedisServer; lifetime: Lifetime }) {
  const folder = temporaryFolder(lifetime)
  const port = await freePort()
  const file = join(folder, 'sentinel.conf')
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir ${folder}`,
    `sentinel monitor ${masterName} 127.0.0.1 ${master.port} 2`,
    `sentinel down-after-milliseconds ${masterName} 800`,
    `sentinel failover-timeout ${masterName} 3000`,
  ]
  writeFileSync(file, `${lines.join('\n')}\n`)
  return startServer({ argv: ['redis-server', file, '--sentinel'], folder, port, lifetime })
}

/**
 * Hears of each command that a server takes, as Redis' MONITOR tells it, a line each, until the test ends. Over a connection of its own
 * without a client: what is told may come in one packet with the answer that it begins, which ioredis takes for a reply.
 */
export async function watchCommands(port: number, onLine: (line: string) => void): Promise<void> {
  const begun = Promise.withResolvers<void>()
  let rest = ''
  const decoder = new TextDecoder()
  const socket = await Bun.connect({
    hostname: '127.0.0.1',
    port,
    socket: {
      data(_, bytes) {
        const lines = (rest + decoder.decode(bytes, { stream: true })).split('\r\n')
        rest = lines.pop() ?? ''
        begun.resolve()
        for (const line of lines) onLine(line)
      },
      error: (_, error) => begun.reject(error),
    },
  })
  endAfter('test', () => void socket.end())
  socket.write('MONITOR\r\n')
  await begun.promise
}
