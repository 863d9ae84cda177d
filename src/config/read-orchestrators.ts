import type { OrchestratorConfig } from './config.ts'
import { type Findings, readSection } from './findings.ts'
import type { ConfigFile } from './read-file.ts'
import { Orchestrator, OrchestratorName } from './schema-orchestrators.ts'
import { secret } from './secret.ts'

/** The orchestrators of the file; they may share projects. */
export function readOrchestrators(
  file: ConfigFile,
  value: unknown,
  { names, findings }: { names: string[]; findings: Findings },
): OrchestratorConfig[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    findings.problems.push(file.problem(['orchestrators'], 'expected a section with a key for each orchestrator: name: { url: ws://… }'))
    return []
  }
  const seen = new Map<string, string>()
  const orchestrators = Object.entries(value).flatMap(([name, section]) => {
    const path = ['orchestrators', name]
    const problem = OrchestratorName.safeParse(name).error?.issues[0]?.message ?? twin(name, seen)
    if (problem !== undefined) findings.problems.push(file.keyProblem(path, problem))
    seen.set(name.toLowerCase(), name)
    const settings = readSection(Orchestrator, section ?? {}, { file, path, findings })
    if (settings === undefined) return []
    findMiswrittenProjects({ file, path, findings }, settings.projects ?? [], names)
    const { url, projects, token } = settings
    return [{ name, url, projects, token: token === undefined ? undefined : secret(token) }]
  })
  findSharedAddresses(file, orchestrators, findings)
  findSharedProjects(file, orchestrators, findings)
  return orchestrators
}

const twin = (name: string, seen: Map<string, string>) => {
  const other = seen.get(name.toLowerCase())
  return other === undefined ? undefined : `the names ${other} and ${name} differ by case only`
}

type OrchestratorPlace = { file: ConfigFile; path: PropertyKey[]; findings: Findings }

function findMiswrittenProjects({ file, path, findings }: OrchestratorPlace, projects: string[], names: string[]) {
  const configured = new Map(names.map((name) => [name.toLowerCase(), name]))
  for (const [index, project] of projects.entries()) {
    const name = configured.get(project.toLowerCase())
    if (name === undefined || name === project) continue
    findings.problems.push(file.problem([...path, 'projects', index], `the project is written ${name}, not ${project}`))
  }
}

function findSharedAddresses(file: ConfigFile, orchestrators: OrchestratorConfig[], findings: Findings) {
  const owners = new Map<string, string>()
  for (const { name, url } of orchestrators) {
    const owner = owners.get(URL.parse(url)?.href ?? url)
    if (owner !== undefined)
      findings.warnings.push(file.problem(['orchestrators', name, 'url'], `is the address of ${owner} too: every report comes twice`))
    owners.set(URL.parse(url)?.href ?? url, name)
  }
}

/** Warns of shared projects: seldom meant. An orchestrator without a list reports any project. */
function findSharedProjects(file: ConfigFile, orchestrators: OrchestratorConfig[], findings: Findings) {
  const owners = new Map<string, string>()
  for (const { name, projects } of orchestrators) {
    if (!projects && orchestrators.length > 1) {
      findings.warnings.push(
        file.problem(['orchestrators', name], 'has no list of projects: it may report those of other orchestrators too'),
      )
    }
    for (const [index, project] of (projects ?? []).entries()) {
      const owner = owners.get(project.toLowerCase()) ?? name
      const reason = `${project} is reported by ${owner} too: where both disagree, the page shows what each says`
      if (owner !== name) findings.warnings.push(file.problem(['orchestrators', name, 'projects', index], reason))
      owners.set(project.toLowerCase(), owner)
    }
  }
}
