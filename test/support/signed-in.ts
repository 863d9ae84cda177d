import { join } from 'node:path'
import { within } from './eventually.ts'

const PROGRAM = join(import.meta.dir, '../../src/main.ts')

/** A key of the right strength, the same for all instances of a test. */
export const SECRET_KEY = 'Zk3qv9Xw1tB7nH5rLc8dPf2yGm6sJa4uQe0iRoTzVxY'

/** The settings of a service that people sign in to. */
export const SIGNED_IN = { AUTH: 'token', SECRET_KEY }

type Place = { dataDir: string; env: Record<string, string> }

/** Benches use this too, so it stands on no hook of the test runner. */
async function run(args: string[], { dataDir, env }: Place): Promise<{ stdout: string; stderr: string }> {
  const own = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? dataDir, ...env }
  const child = Bun.spawn([process.execPath, PROGRAM, ...args, '--data-dir', dataDir], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: dataDir,
    env: own,
  })
  const reading = Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text(), child.exited])
  const [stdout, stderr] = await within(60_000, `visualizer ${args.join(' ')}`, reading)
  return { stdout, stderr }
}

/** Makes a sign-in link at the command line, and gives back its code. */
export async function linkCode(place: Place, ...flags: string[]): Promise<string> {
  const { stdout, stderr } = await run(['sign-in-link', ...flags], place)
  const code = /link=([\w-]{43})/.exec(stdout)?.[1]
  if (code === undefined) throw new Error(`no link was made\n${stdout}\n${stderr}`)
  return code
}

/** Makes a token at the command line. */
export async function makeToken(place: Place, ...flags: string[]): Promise<string> {
  const { stdout, stderr } = await run(['token', 'create', 'test', ...flags], place)
  if (!stdout.startsWith('vis_')) throw new Error(`no token was made\n${stdout}\n${stderr}`)
  return stdout.trim()
}

/** Signs in with a code, and gives back the cookie as it is sent. */
export async function cookieFor(url: string, code: string): Promise<string> {
  const answer = await fetch(`${url}/login`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ link: code }).toString(),
    tls: { rejectUnauthorized: false },
  })
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0]
  if (answer.status !== 303 || cookie === undefined) throw new Error(`not signed in: ${answer.status} ${await answer.text()}`)
  return cookie
}

/** Signs in by a link of its own, and gives back the cookie. */
export const signedIn = async ({ url, dataDir }: { url: string; dataDir: string }, ...flags: string[]): Promise<string> =>
  cookieFor(url, await linkCode({ dataDir, env: SIGNED_IN }, ...flags))

/** A token of the session's pages, for what changes something. */
export async function csrfTokenOf(url: string, cookie: string): Promise<string> {
  const page = await (await fetch(url, { headers: { accept: 'text/html', cookie }, tls: { rejectUnauthorized: false } })).text()
  const token = /data-csrf="([^"]+)"/.exec(page)?.[1]
  if (token === undefined) throw new Error('the page has no token')
  return token
}
