import { z } from 'zod'
import type { Key, KeyValue } from '../key-value/key-value.ts'
import { hashOf, newSecret } from './signing.ts'
import type { Identity } from './viewer.ts'

const Link = z.object({
  user: z.string(),
  name: z.string(),
  role: z.string(),
  projects: z.array(z.string()),
  by: z.string(),
  endsAt: z.number(),
})

/** What a link lets in: somebody with a role on projects. */
export type Link = z.infer<typeof Link>

export const LINK_MS = 15 * 60_000
const USED = 'used'
const CODE = /^[\w-]{43}$/

const keyOf = (code: string): Key => ['sign-in-link', hashOf(code)]
const FIRST: Key = ['first-sign-in-link']

export type SignInLinks = ReturnType<typeof openSignInLinks>

type Deps = { keyValue: KeyValue; now?: () => number }

/** Links that let somebody in once, within 15 minutes. Only hashes of their codes are stored. */
export function openSignInLinks({ keyValue, now = Date.now }: Deps) {
  async function make(link: Omit<Link, 'endsAt'>): Promise<{ code: string; link: Link }> {
    const code = newSecret()
    const made = { ...link, endsAt: now() + LINK_MS }
    await keyValue.set(keyOf(code), JSON.stringify(made), { ttlMs: LINK_MS })
    return { code, link: made }
  }

  async function read(code: string): Promise<{ text: string; link: Link } | undefined> {
    const text = CODE.test(code) ? await keyValue.get(keyOf(code)) : undefined
    if (text === undefined || text === USED) return undefined
    const link = Link.parse(JSON.parse(text))
    return link.endsAt > now() ? { text, link } : undefined
  }

  return {
    make,
    find: async (code: string): Promise<Link | undefined> => (await read(code))?.link,
    async use(code: string): Promise<Link | undefined> {
      const found = await read(code)
      if (!found) return undefined
      const isOurs = await keyValue.compareAndSet(keyOf(code), { expected: found.text, value: USED, ttlMs: LINK_MS })
      return isOurs ? found.link : undefined
    },
    /** The link for the first admin, for one worker of the fleet: the others get none while it is valid. */
    async makeFirst(): Promise<string | undefined> {
      const isOurs = await keyValue.compareAndSet(FIRST, { expected: undefined, value: String(now()), ttlMs: LINK_MS })
      if (!isOurs) return undefined
      const { code } = await make({ user: 'admin', name: 'Administrator', role: 'admin', projects: ['*'], by: 'the first start' })
      return code
    },
  }
}

/** Who somebody is that used a link. */
export const identityOf = ({ user, name, role, projects }: Link): Identity => ({ user, name, groups: [], roles: [{ role, projects }] })
