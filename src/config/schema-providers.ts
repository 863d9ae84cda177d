import { z } from 'zod'
import { AddressRange, text, truth } from './schema-values.ts'

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** The reasons never repeat the address: it may hold a password. */
function secureUrlProblem(address: string): string | undefined {
  const url = URL.parse(address)
  if (url === null) return 'must be an address such as https://id.example.com'
  if (url.username !== '' || url.password !== '') return 'must not hold a user name or password'
  if (url.hash !== '') return 'must not have a fragment (#…)'
  if (url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname))) return undefined
  return 'must begin with https://; http:// is for this machine alone'
}

const SecureUrl = text(2_048).superRefine((address, context) => {
  const message = secureUrlProblem(address)
  if (message !== undefined) context.addIssue({ code: 'custom', message })
})

const ISSUER = 'must be the issuer itself, without /.well-known/openid-configuration and without ?…'
const OidcIssuer = SecureUrl.refine((address) => !/\/\.well-known\/|\?/.test(address), ISSUER)

const ClientId = text(500).min(1)
const Scopes = text(500).refine((scopes) => scopes.split(' ').includes('openid'), 'must hold openid, such as "openid email profile"')
const ClaimName = text(200).min(1)

const ROLE = /^(?:role:)?[A-Za-z0-9._-]{1,63}$/
const PROJECTS = /^(?:tag:.{1,200}|[A-Za-z0-9._*-]{1,63})$/

const Grants = z
  .array(
    z.strictObject({
      claim: ClaimName.describe('What the claim is called; a.b is b within a.'),
      value: z
        .union([text(500).min(1), z.number(), z.boolean()], 'must be the value of the claim, a text or a number')
        .transform(String)
        .describe('Its value, or one of its list; * for any.'),
      role: z
        .string()
        .regex(ROLE, 'must be a role, such as viewer, operator or admin')
        .transform((role) => role.replace(/^role:/, ''))
        .describe('The role that those get.'),
      projects: z
        .array(z.string().regex(PROJECTS, 'must be a name that may hold * (payments-*), or tag:WORD'))
        .min(1)
        .max(1_000)
        .optional()
        .describe('For which projects. Default all.'),
    }),
  )
  .max(1_000)
  .optional()

const GROUPS = 'The claim that lists groups. Default groups.'

export const OidcSettings = z
  .strictObject({
    issuer: OidcIssuer.optional().describe(
      'The provider, as it calls itself: https://id.example.com/realms/main. OIDC_ISSUER comes first.',
    ),
    client_id: ClientId.optional().describe('What the provider calls this service. OIDC_CLIENT_ID comes first.'),
    client_secret: text(4_096).min(1).optional().describe('Better in OIDC_CLIENT_SECRET or OIDC_CLIENT_SECRET_FILE. Never shown.'),
    client_secrets: text(4_096).min(1).optional().describe('A client_secrets.json that names these. OIDC_CLIENT_SECRETS comes first.'),
    scopes: Scopes.optional().describe('Separated by spaces. OIDC_SCOPES comes first. Default openid email profile.'),
    require_verified_email: z.boolean().optional().describe('OIDC_REQUIRE_VERIFIED_EMAIL comes first. Default true.'),
    groups_claim: ClaimName.optional().describe(GROUPS),
    claims: Grants.describe('Roles for those of whom the provider says this.'),
  })
  .describe('For AUTH=oidc: an OpenID provider.')

const Header = z.string().regex(/^[A-Za-z0-9-]{1,64}$/, 'must be the name of a header, such as X-Forwarded-User')
const ProxySecret = z.string().min(16, 'must have 16 characters or more').max(4_096)

export const ProxySettings = z
  .strictObject({
    secret: ProxySecret.optional().describe(
      'What the proxy sends to show who it is. Better in PROXY_SECRET or PROXY_SECRET_FILE. Never shown.',
    ),
    secret_header: Header.optional().describe('The header for it. Default X-Proxy-Secret.'),
    from: z.array(AddressRange).min(1).max(100).optional().describe('Addresses of the proxy, as the socket names them.'),
    user_header: Header.optional().describe('Default X-Forwarded-User.'),
    name_header: Header.optional().describe('Default X-Forwarded-Preferred-Username.'),
    groups_header: Header.optional().describe('Separated by commas. Default X-Forwarded-Groups.'),
    claims: Grants.describe('Roles by user, name or groups, as the proxy names them.'),
  })
  .describe('For AUTH=proxy: a proxy that signs people in. Needs a secret, addresses, or both.')

/** Asymmetric ones alone: with a shared secret whoever verifies could sign. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'] as const

const Audience = text(500).min(1)

export const JwtSettings = z
  .strictObject({
    issuer: text(2_048).min(1).describe('Who signs, exactly as in iss.'),
    audience: z
      .union(
        [Audience, z.array(Audience).min(1).max(20)],
        'must be for whom tokens are, such as https://visualizer.example.com, or a list of that',
      )
      .describe('For whom tokens must be: one, or a list of which one is enough.'),
    jwks_url: SecureUrl.describe("Where the issuer's keys are."),
    algorithms: z.array(z.enum(ALGORITHMS)).min(1).optional().describe('Default RS256, ES256 and EdDSA.'),
    groups_claim: ClaimName.optional().describe(GROUPS),
    scopes_claim: ClaimName.optional().describe(
      'The claim that says what a token may do at most: ingest, read, command, admin. Default: the roles alone count.',
    ),
    claims: Grants.describe('Roles for tokens that say this.'),
  })
  .describe('Tokens of programs that an issuer signs, such as a CI service.')

const WRITTEN_SCOPES = 'Scopes that are asked for, separated by spaces. Default openid email profile.'

export const PROVIDER_VARIABLES = {
  OIDC_ISSUER: OidcIssuer.optional().describe('With AUTH=oidc: the provider, such as https://id.example.com.'),
  OIDC_CLIENT_ID: ClientId.optional().describe('What the provider calls this service.'),
  OIDC_CLIENT_SECRET: text(4_096).optional().describe('The secret that it gave. Secret.'),
  OIDC_CLIENT_SECRETS: text(4_096).optional().describe('A client_secrets.json that names these three.'),
  OIDC_SCOPES: Scopes.optional().describe(WRITTEN_SCOPES),
  OIDC_REQUIRE_VERIFIED_EMAIL: truth('Whether the provider must have verified the e-mail address. Default true.'),
  PROXY_SECRET: ProxySecret.optional().describe('With AUTH=proxy: what the proxy sends to show who it is. Secret.'),
}

/** As Flask-OIDC and Google's console write it. */
export const ClientSecrets = z.object({
  web: z.object({
    client_id: ClientId,
    client_secret: text(4_096).min(1).optional(),
    issuer: OidcIssuer.optional(),
    redirect_uris: z.array(z.string()).optional(),
  }),
})
