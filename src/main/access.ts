import { userInfo } from 'node:os'
import { compilePolicy } from '../auth/policy.ts'
import { newSecret } from '../auth/signing.ts'
import type { LinkSettings, TokenSettings } from '../config/access-settings.ts'
import type { Config } from '../config/config.ts'
import type { Flags } from '../config/flags.ts'
import { loadConfig } from '../config/load.ts'
import { nearestWord } from '../domain/nearest-word.ts'
import { withAuth } from '../compose/access.ts'
import { addressOf } from '../compose/auth.ts'
import { folderProblem } from './open.ts'
import { refuse, warn } from './say.ts'

const AWAY = 1
const ENGINE_IS_AWAY = new Set(['LogUnavailableError', 'StoreUnavailableError', 'BrokenConnectionError'])

/** Prints a key for SECRET_KEY. */
export function printSecret(): number {
  console.log(newSecret())
  return 0
}

/** Prints a link that lets somebody in once. */
export function signInLink({ role, projects, name }: LinkSettings, flags: Flags): Promise<number> {
  return overStores(flags, async (config) => {
    if (config.isOpen) return refuse('nobody signs in where AUTH is open, as on localhost unless it says otherwise: set AUTH=token')
    if (config.auth.mode === 'proxy')
      return refuse('links let nobody in where AUTH is proxy: the proxy signs people in, and security.policy gives roles')
    const { roles } = compilePolicy(config.policy)
    if (!roles.includes(role)) return refuse(noRole(role, roles))
    const code = await withAuth(config, async (auth) => {
      const made = await auth.links.make({ user: name ?? role, name: name ?? role, role, projects, by: whoAsks() })
      auth.note({
        what: 'make a sign-in link',
        who: whoAsks(),
        on: name ?? role,
        result: 'done',
        details: { role, projects: projects.join(', ') },
      })
      return made.code
    })
    console.log(`${addressOf(config, config.port)}/login?link=${code}`)
    console.error(`Works once, for 15 minutes: ${role} of ${projects.join() === '*' ? 'all projects' : projects.join(', ')}.`)
    return 0
  })
}

/** Makes, lists and revokes tokens of programs. */
export function token(settings: TokenSettings, flags: Flags): Promise<number> {
  return overStores(flags, (config) => {
    if (settings.ask === 'create') return createToken(config, settings)
    return settings.ask === 'list' ? listTokens(config) : revokeToken(config, settings.id)
  })
}

async function createToken(config: Config, { name, scopes, projects, days }: Extract<TokenSettings, { ask: 'create' }>): Promise<number> {
  const by = whoAsks()
  const { text, id, endsAt } = await withAuth(config, async ({ createToken: create, note }) => {
    const made = await create({ name, scopes, projects, days }, by)
    note({
      what: 'create a token',
      who: by,
      on: name,
      result: 'done',
      details: { id: made.id, scopes: scopes.join(', '), projects: projects.join(', ') },
    })
    return made
  })
  console.log(text)
  const end = endsAt === undefined ? 'It does not end.' : `It ends on ${new Date(endsAt).toISOString().slice(0, 10)}.`
  console.error(`This is the only time that it is shown. ${end} "visualizer token revoke ${id}" ends it at once.`)
  return 0
}

async function listTokens(config: Config): Promise<number> {
  const rows = await withAuth(config, ({ access, tokenUse }) =>
    Promise.all([...access.current().tokens.values()].map(async (one) => ({ ...one, usedAt: await tokenUse.last(one.id) }))),
  )
  if (rows.length === 0) console.log('no tokens')
  for (const { id, name, scopes, projects, endedAt, usedAt } of rows) {
    const isOver = endedAt !== undefined && endedAt <= Date.now()
    const end = endedAt === undefined ? 'does not end' : `${isOver ? 'ended' : 'ends'} ${day(endedAt)}`
    console.log([id, name, scopes.join(' '), projects.join(' '), end, usedAt === undefined ? 'not used' : `used ${day(usedAt)}`].join('\t'))
  }
  return 0
}

async function revokeToken(config: Config, id: string): Promise<number> {
  const by = whoAsks()
  const known = await withAuth(config, async ({ revokeToken: revoke, note }) => {
    const one = await revoke(id, by)
    if (one) note({ what: 'revoke a token', who: by, on: one.name, result: 'done', details: { id } })
    return one
  })
  if (!known) return refuse(`there is no token ${JSON.stringify(id.slice(0, 60))}; "visualizer token list" names them`)
  console.log(`revoked ${known.name}: it is refused from now on, on every worker within 5 seconds`)
  return 0
}

async function overStores(flags: Flags, work: (config: Config) => Promise<number> | number): Promise<number> {
  const { config, warnings } = loadConfig({ flags: { config: flags.config, 'data-dir': flags['data-dir'], port: flags.port } })
  warn(warnings)
  const problem = folderProblem(config)
  if (problem !== undefined) return refuse(problem)
  try {
    return await work(config)
  } catch (error) {
    if (!(error instanceof Error) || !ENGINE_IS_AWAY.has(error.name)) throw error
    console.error(`visualizer: ${error.message}; nothing was changed`)
    return AWAY
  }
}

function whoAsks(): string {
  const { username, uid } = userInfo()
  // Where no variable names the user, the runtime does not know the name.
  const name = username !== 'unknown' ? username : uid === 0 ? 'root' : `user ${uid}`
  return `${name} at the command line`
}
const day = (at: number) => new Date(at).toISOString().slice(0, 10)

function noRole(role: string, roles: readonly string[]): string {
  const meant = nearestWord(role, roles)
  return `there is no role ${JSON.stringify(role.slice(0, 60))}; ${meant === undefined ? `choose ${roles.join(', ')}` : `did you mean ${meant}?`}`
}
