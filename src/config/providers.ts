import { dirname, resolve } from 'node:path'
import type { z } from 'zod'
import { nearestWord } from '../domain/nearest-word.ts'
import { readPolicyLine, rolesIn } from '../domain/policy-line.ts'
import type { AuthMode } from './auth.ts'
import type { ClaimGrant, JwtConfig, OidcConfig, ProvidersConfig, ProxyConfig } from './config.ts'
import type { FileSettings } from './file-settings.ts'
import { type Findings, readSection } from './findings.ts'
import { outsideProblem, type Problem, quoted, type ReadVariables } from './problem.ts'
import { type ConfigFile, readConfigFile } from './read-file.ts'
import { ClientSecrets, type PROVIDER_VARIABLES } from './schema-providers.ts'
import { secret } from './secret.ts'

type Given = z.infer<z.ZodObject<typeof PROVIDER_VARIABLES>>
type Variables = ReadVariables<Given>
type Surroundings = {
  file: ConfigFile | undefined
  security: FileSettings['security']
  mode: AuthMode
  cwd: string
  /** Configured, or that of this machine; undefined where neither is known. */
  publicUrl: string | undefined
}

/** Reads what `security.oidc`, `security.proxy` and `security.jwt` say, and the variables for them. */
export function readProviders(outside: Variables, around: Surroundings, findings: Findings): ProvidersConfig {
  noteUnused(outside, around, findings)
  const oidc = around.mode === 'oidc' ? readOidc(outside, around, findings) : undefined
  const proxy = around.mode === 'proxy' ? readProxy(outside, around, findings) : undefined
  return { oidc, proxy, jwt: readJwt(around, oidc, findings) }
}

function noteUnused({ given, problem }: Variables, { file, security, mode }: Surroundings, findings: Findings) {
  for (const name of ['oidc', 'proxy'] as const) {
    const reason = `is not used: AUTH is ${mode}, not ${name}`
    if (mode === name) continue
    if (security[name] !== undefined && file) findings.warnings.push(file.keyProblem(['security', name], reason))
    for (const variable of OF_MODE[name]) if (given[variable] !== undefined) findings.warnings.push(problem(variable, reason))
  }
}

const OF_MODE = {
  oidc: ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET', 'OIDC_CLIENT_SECRETS', 'OIDC_SCOPES', 'OIDC_REQUIRE_VERIFIED_EMAIL'],
  proxy: ['PROXY_SECRET'],
} as const satisfies Record<string, readonly (keyof Given)[]>

function readOidc(outside: Variables, around: Surroundings, findings: Findings): OidcConfig | undefined {
  const { given, problem } = outside
  const { publicUrl, file } = around
  const settings = around.security.oidc ?? {}
  const inFile = readClientSecrets(outside, around, findings)
  const issuer = given.OIDC_ISSUER ?? settings.issuer ?? inFile?.issuer
  const clientId = given.OIDC_CLIENT_ID ?? settings.client_id ?? inFile?.client_id
  const clientSecret = given.OIDC_CLIENT_SECRET ?? settings.client_secret ?? inFile?.client_secret
  const at = (key: string, variable: keyof Given, reason: string): Problem =>
    around.security.oidc !== undefined && file ? file.problem(['security', 'oidc', key], reason) : problem(variable, reason)
  // What is wrong with a variable, or with a file that names them, was told already.
  const isTold = inFile === undefined && (given.OIDC_CLIENT_SECRETS ?? settings.client_secrets) !== undefined
  const isMissing = (variable: string) => !isTold && !findings.problems.some(({ key }) => key === variable)
  if (issuer === undefined && isMissing('OIDC_ISSUER'))
    findings.problems.push(at('issuer', 'OIDC_ISSUER', 'is required with AUTH=oidc: the provider'))
  if (clientId === undefined && isMissing('OIDC_CLIENT_ID'))
    findings.problems.push(at('client_id', 'OIDC_CLIENT_ID', 'is required with AUTH=oidc'))
  if (publicUrl === undefined) findings.problems.push(outsideProblem('PUBLIC_URL', NEEDS_PUBLIC_URL))
  const claims = grantsIn(around, 'oidc', findings)
  if (issuer === undefined || clientId === undefined || publicUrl === undefined) return undefined
  return {
    ...{ publicUrl, issuer, clientId, claims, clientSecret: clientSecret === undefined ? undefined : secret(clientSecret) },
    scopes: given.OIDC_SCOPES ?? settings.scopes ?? 'openid email profile',
    isVerifiedEmailRequired: given.OIDC_REQUIRE_VERIFIED_EMAIL ?? settings.require_verified_email ?? true,
    groupsClaim: settings.groups_claim ?? 'groups',
  }
}

const NEEDS_PUBLIC_URL =
  'is required with AUTH=oidc, here or as web_interface.public_url: the provider sends people back to it, and no request may choose where'

type InFile = z.infer<typeof ClientSecrets>['web']

function readClientSecrets({ given, problem }: Variables, around: Surroundings, findings: Findings): InFile | undefined {
  const { file, security, cwd, publicUrl } = around
  const inYaml = security.oidc?.client_secrets
  const named = given.OIDC_CLIENT_SECRETS ?? inYaml
  if (named === undefined) return undefined
  const isVariable = given.OIDC_CLIENT_SECRETS !== undefined
  const path = resolve(isVariable || !file ? cwd : dirname(file.path), named)
  const read = readConfigFile({ path, shownAs: named })
  const place = (reason: string) =>
    isVariable || !file ? problem('OIDC_CLIENT_SECRETS', reason) : file.problem(['security', 'oidc', 'client_secrets'], reason)
  if (read.file === undefined) {
    findings.problems.push(...read.problems.map((one) => (one.line === undefined ? place(`${path} ${one.reason}`) : one)))
    return undefined
  }
  const web = readSection(ClientSecrets, read.file.value, { file: read.file, path: [], findings })?.web
  const wanted = publicUrl === undefined ? undefined : `${publicUrl}/auth/callback`
  if (web?.redirect_uris && wanted !== undefined && !web.redirect_uris.includes(wanted)) {
    const reason = `does not name ${wanted}, where people come back to: the provider will refuse it unless it knows it`
    findings.warnings.push(read.file.problem(['web', 'redirect_uris'], reason))
  }
  return web
}

function readProxy({ given, problem }: Variables, around: Surroundings, findings: Findings): ProxyConfig {
  const { file, security } = around
  const settings = security.proxy ?? {}
  const shared = given.PROXY_SECRET ?? settings.secret
  if (shared === undefined && settings.from === undefined) {
    const reason = 'AUTH=proxy needs PROXY_SECRET, or addresses in security.proxy.from: else anybody could say who they are'
    findings.problems.push(
      security.proxy !== undefined && file ? file.problem(['security', 'proxy'], reason) : problem('PROXY_SECRET', reason),
    )
  }
  return {
    secret: shared === undefined ? undefined : secret(shared),
    secretHeader: settings.secret_header ?? 'X-Proxy-Secret',
    from: settings.from,
    userHeader: settings.user_header ?? 'X-Forwarded-User',
    nameHeader: settings.name_header ?? 'X-Forwarded-Preferred-Username',
    groupsHeader: settings.groups_header ?? 'X-Forwarded-Groups',
    claims: grantsIn(around, 'proxy', findings),
  }
}

function readJwt(around: Surroundings, oidc: OidcConfig | undefined, findings: Findings): JwtConfig | undefined {
  const settings = around.security.jwt
  if (settings === undefined) return undefined
  const audiences = [settings.audience].flat()
  if (oidc !== undefined && oidc.issuer === settings.issuer && audiences.includes(oidc.clientId)) {
    const reason = 'is the client id of security.oidc: whoever sees an ID token of a person could use it as a token'
    const problem = around.file?.problem(['security', 'jwt', 'audience'], reason)
    if (problem) findings.problems.push(problem)
  }
  return {
    ...{ issuer: settings.issuer, audiences, jwksUrl: settings.jwks_url },
    algorithms: settings.algorithms ?? ['RS256', 'ES256', 'EdDSA'],
    groupsClaim: settings.groups_claim ?? 'groups',
    scopesClaim: settings.scopes_claim,
    claims: grantsIn(around, 'jwt', findings),
  }
}

/** The table of a section; a role that nothing defines is a fault. */
function grantsIn({ file, security }: Surroundings, section: 'oidc' | 'proxy' | 'jwt', findings: Findings): ClaimGrant[] {
  const read = (security.policy ?? []).map(readPolicyLine)
  const known = rolesIn(read.flatMap((line) => ('line' in line ? [line.line] : [])))
  return (security[section]?.claims ?? []).map(({ claim, value, role, projects = ['*'] }, index) => {
    if (!known.includes(role) && file) {
      const word = nearestWord(role, known)
      const advice = word === undefined ? `there are ${known.join(', ')}` : `did you mean ${word}?`
      const reason = `is ${quoted(role)}, which no line of security.policy defines; ${advice}`
      findings.problems.push(file.problem(['security', section, 'claims', index, 'role'], reason))
    }
    return { claim, value, role, projects }
  })
}
