import { linesOf } from './lines.ts'
import { paint } from './paint.ts'
import { postgresPrograms } from './postgres-programs.ts'

export type Need = {
  command: string
  packages: string[]
  why: string
  /** Whether it is there, where it is not on the PATH. */
  isThere?(): boolean
  /** The command that serves, at a price, where this one cannot be had. */
  instead?: string
}

/** The browser of the tests. It draws what Chromium draws, and has no window around it: a page costs half of the processor time. */
export const SHELL = 'chromium-headless-shell'

const isThere = (need: Need) => need.isThere?.() ?? Bun.which(need.command) !== null

/** Programs that tests drive and npm does not carry. */
export const NEEDS: Need[] = [
  { command: 'chromium', packages: ['chromium'], why: 'the journeys in a real browser' },
  { command: SHELL, packages: [SHELL], why: 'pages in half of the time that Chromium takes', instead: 'chromium' },
  { command: 'curl', packages: ['curl'], why: 'the commands that people paste' },
  { command: 'openssl', packages: ['openssl'], why: 'certificates for the proxies' },
  { command: 'nginx', packages: ['nginx-light'], why: 'the shipped proxy configuration' },
  { command: 'haproxy', packages: ['haproxy'], why: 'the shipped proxy configuration' },
  { command: 'docker-compose', packages: ['docker-compose'], why: 'the shipped compose file' },
  { command: 'redis-server', packages: ['redis-server'], why: 'bus, log and small shared things of several machines' },
  { command: 'redis-cli', packages: ['redis-tools'], why: 'Clusters of Redis, and what operators type' },
  { command: 'postgres', packages: ['postgresql'], why: 'the event log in PostgreSQL', isThere: () => postgresPrograms() !== undefined },
]

const hasOther = (command: string | undefined) => command !== undefined && Bun.which(command) !== null
/** Whether tests can do with what is there. */
export const isMet = (need: Need) => isThere(need) || hasOther(need.instead)
const patienceFor = ({ instead }: Need) => (hasOther(instead) ? PATIENCE_MS.wanted : PATIENCE_MS.needed)

const APT = { DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_SUSPEND: '1' }
const LOCK_WAIT = ['-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=3']
const WORTH_SHOWING = /^(Get:|Fetched|Unpacking|Setting up|E:|W:|Err:)/

/** The commands that somebody types to get what is missing. */
export function installCommand(missing: Need[], isRoot: boolean): string {
  const prefix = isRoot ? '' : 'sudo '
  return `${prefix}apt-get update && ${prefix}apt-get install -y ${missing.flatMap((need) => need.packages).join(' ')}`
}

async function showLines(stream: ReadableStream<Uint8Array>): Promise<void> {
  for await (const line of linesOf(stream)) if (WORTH_SHOWING.test(line)) console.log(paint.dim(`    ${line}`))
}

/** What can be done without is not waited for as long. */
const PATIENCE_MS = { needed: 420_000, wanted: 60_000 }

async function apt(argv: string[], timeout: number): Promise<boolean> {
  console.log(`  ${['apt-get', ...argv].join(' ')}`)
  const child = Bun.spawn(['apt-get', ...LOCK_WAIT, ...argv], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...APT },
    timeout,
  })
  await Promise.all([showLines(child.stdout), showLines(child.stderr)])
  return (await child.exited) === 0
}

/**
 * Installs what is missing where it may, and gives back what is missing still and nothing serves instead of: tests that need it
 * will fail, and say so by themselves.
 */
export async function readyMachine(needs = NEEDS): Promise<Need[]> {
  const missing = needs.filter((need) => !isThere(need))
  if (missing.length === 0) return []
  console.log(paint.strong('Machine'))
  for (const need of missing) console.log(`  ${need.command} is missing: ${need.why}`)
  const isRoot = process.getuid?.() === 0
  if (isRoot && Bun.which('apt-get')) {
    await apt(['update', '-q'], Math.max(...missing.map(patienceFor)))
    for (const need of missing) await apt(['install', '-y', '-q', '--no-install-recommends', ...need.packages], patienceFor(need))
  }
  for (const need of missing) if (!isThere(need) && isMet(need)) console.log(`  ${need.instead} serves instead of ${need.command}.`)
  const still = missing.filter((need) => !isMet(need))
  if (still.length > 0) console.log(`  ${paint.bad('Not installed.')} To get it: ${installCommand(still, isRoot)}`)
  return still
}
