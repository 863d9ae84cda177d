import { chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SQL } from 'bun'
import { eventually, within } from './eventually.ts'
import { freePort } from './ports.ts'
import { postgresPrograms } from './postgres-programs.ts'

export type Postgres = {
  /** Of the database that every server has; tests make their own with `newDatabase`. */
  url: string
  pid(): number
  /** Signals the server and each of its processes; resolves once they are gone where the signal ends them. */
  kill(signal: 'SIGKILL' | 'SIGQUIT' | 'SIGSTOP' | 'SIGCONT' | 'SIGINT'): Promise<void>
  /** Starts it again on the same port with the same files; resolves when it answers. */
  restart(): Promise<void>
  /** A new, empty database; its address. */
  newDatabase(template?: string): Promise<string>
  /** One statement as the superuser, in `postgres` or the database of an address; its rows. */
  run(statement: string, url?: string): Promise<Record<string, unknown>[]>
}

const PASSWORD = 'test-password'

/** The server refuses to run as root, so root hands it to the user whom the package made. */
function owner(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const [, , uid, gid] = /^postgres:.*$/m.exec(readFileSync('/etc/passwd', 'utf8'))?.[0].split(':') ?? []
  if (uid === undefined || gid === undefined) throw new Error('there is no user "postgres": install the package postgresql')
  return { uid: Number(uid), gid: Number(gid) }
}

/** The program in its own place of the processes: setpriv becomes it, so that the pid is the server's. */
function asOwner(argv: string[]): string[] {
  const user = owner()
  return user ? ['setpriv', `--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups', ...argv] : argv
}

async function createFiles(programs: string, folder: string): Promise<void> {
  const passwordFile = join(folder, 'password')
  writeFileSync(passwordFile, PASSWORD)
  mkdirSync(join(folder, 'sockets'))
  const user = owner()
  if (user) for (const path of [folder, passwordFile, join(folder, 'sockets')]) chownSync(path, user.uid, user.gid)
  const options = ['--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-sync']
  const child = Bun.spawn(asOwner([join(programs, 'initdb'), `--pgdata=${join(folder, 'files')}`, ...options]), {
    stdio: ['ignore', 'ignore', 'pipe'],
    cwd: folder,
  })
  const problem = await new Response(child.stderr).text()
  if ((await child.exited) !== 0) throw new Error(`initdb: ${problem}`)
}

const SETTINGS = ['listen_addresses=127.0.0.1', 'max_connections=60', 'shared_buffers=32MB', 'log_min_messages=fatal']

function startProgram(programs: string, folder: string, port: number) {
  const settings = [...SETTINGS, `unix_socket_directories=${join(folder, 'sockets')}`].flatMap((setting) => ['-c', setting])
  const argv = [join(programs, 'postgres'), '-D', join(folder, 'files'), '-p', String(port), ...settings]
  return Bun.spawn(asOwner(argv), { stdio: ['ignore', 'ignore', 'ignore'], cwd: folder })
}

/** Its processes are in sessions of their own: a signal to the group would reach none of them. */
function processesOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ')
  return [pid, ...children.filter(Boolean).map(Number)]
}

const isAlive = (pid: number) => existsSync(`/proc/${pid}`)

function signalAll(pids: number[], signal: NodeJS.Signals) {
  for (const pid of pids) if (isAlive(pid)) process.kill(pid, signal)
}

/** A real server on its own port, its files in an empty folder; whoever starts it ends it with `kill`. */
export async function launchPostgres(folder: string): Promise<Postgres> {
  const programs = postgresPrograms()
  if (programs === undefined) throw new Error('PostgreSQL is not installed: apt-get install postgresql')
  await createFiles(programs, folder)
  const port = await freePort()
  const url = `postgresql://postgres:${PASSWORD}@127.0.0.1:${port}/postgres`
  let child = startProgram(programs, folder, port)
  const pid = () => child.pid
  async function kill(signal: NodeJS.Signals) {
    if (child.exitCode !== null || child.signalCode !== null) return
    const pids = processesOf(child.pid)
    signalAll(pids, signal)
    if (signal === 'SIGSTOP' || signal === 'SIGCONT') return
    await within(20_000, `the end of PostgreSQL by ${signal}`, child.exited)
    await eventually(() => pids.every((one) => !isAlive(one)), { withinMs: 20_000 })
  }
  const run = (statement: string, at = url) => runStatement(at, statement)
  const ready = () => eventually(() => run('SELECT 1'), { withinMs: 30_000, everyMs: 50 })
  await ready()
  return {
    url,
    pid,
    kill,
    async restart() {
      child = startProgram(programs, folder, port)
      await ready()
    },
    async newDatabase(template) {
      const name = `test_${crypto.randomUUID().replaceAll('-', '')}`
      await run(`CREATE DATABASE ${name}${template === undefined ? '' : ` TEMPLATE ${new URL(template).pathname.slice(1)}`}`)
      return url.replace(/postgres$/, name)
    },
    run,
  }
}

async function runStatement(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const sql = new SQL(url, { max: 1, connectionTimeout: 2 })
  try {
    return await within(10_000, statement, sql.unsafe<Record<string, unknown>[]>(statement).simple())
  } finally {
    await sql.close({ timeout: 0 })
  }
}
