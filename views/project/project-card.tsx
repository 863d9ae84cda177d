import { CsrfField } from '../shell/csrf-field.tsx'
import type { FC } from 'hono/jsx'
import { newProject, type Project, type WorkHours } from '../../src/domain/registry/project-registry.ts'
import type { ProjectState } from '../../src/domain/project/project-state.ts'
import { countAgents, type Looked } from '../../src/domain/project/words-at.ts'
import { projectHref } from '../atoms/part-href.ts'
import { Fact, Facts } from '../atoms/facts.tsx'
import { ForeignText, visibleText } from '../atoms/foreign-text.tsx'
import { isOpenCycle } from '../../src/domain/project/tdd-machine.ts'

type ProjectCardProps = Looked & {
  project: Project
  state: Pick<ProjectState, 'agents' | 'cycles'>
  mayAct?: boolean | undefined
  mayManage?: boolean | undefined
}

/** What the configuration says of a project, and how its limits compare with what is going on. */
export const ProjectCard: FC<ProjectCardProps> = ({ project, state, mayAct = false, mayManage = false, ...looked }) => (
  <section id="project" class="card wide" aria-labelledby="project-title">
    <header class="card__head">
      <h2 id="project-title">Project</h2>
      <p>{project.origin === 'file' ? 'as the configuration file says' : 'registered by its reports'}</p>
    </header>
    <Facts>
      <Fact name="Owner">{project.owner}</Fact>
      <Fact name="Team">{listed(project.team)}</Fact>
      <Fact name="Tags">{listed(project.tags)}</Fact>
      <Fact name="Repository">{project.gitUrl === undefined ? undefined : <Repository address={project.gitUrl} />}</Fact>
      <Fact name="Folder">{project.path === undefined ? undefined : <Address of={project.path} />}</Fact>
      <Fact name="Orchestration">{project.orchestration}</Fact>
      <Fact name="Work hours">{project.workHours && hoursText(project.workHours)}</Fact>
      <Fact name="Depends on">{project.dependencies.length === 0 ? undefined : <Dependencies of={project.dependencies} />}</Fact>
      <Limits project={project} state={state} {...looked} />
    </Facts>
    {mayAct || mayManage ? <Keeping project={project} mayAct={mayAct} mayManage={mayManage} /> : null}
  </section>
)

/** The ways to put a project away and to bring it back: plain forms, which work without script. */
const Keeping: FC<{ project: Project; mayAct: boolean; mayManage: boolean }> = ({
  project: { name, status, origin },
  mayAct,
  mayManage,
}) => {
  if (origin === 'file') return <p class="keeping">Listed in the configuration file: change or archive it there.</p>
  return (
    <div class="keeping">
      {mayAct ? <Archiving name={name} isArchived={status === 'archived'} /> : null}
      {mayManage ? <Forgetting name={name} /> : null}
    </div>
  )
}

const Archiving: FC<{ name: string; isArchived: boolean }> = ({ name, isArchived }) => (
  <form method="post" action={`${projectHref(name)}/${isArchived ? 'restore' : 'archive'}`}>
    <CsrfField />
    <button class="button" type="submit">
      {isArchived ? 'Restore' : 'Archive'}
    </button>
    <p>
      {isArchived
        ? 'Archived: not on the list of projects and in no count. Restoring brings it back as it was.'
        : 'Takes it off the list of projects and out of all counts. Its events are kept and can be read.'}
    </p>
  </form>
)

const Forgetting: FC<{ name: string }> = ({ name }) => (
  <details id="forget">
    <summary>Forget everything</summary>
    <form method="post" action={`${projectHref(name)}/purge`}>
      <CsrfField />
      <label for="forget-name">Removes all events of {name} for good. Type its name to confirm:</label>
      <input id="forget-name" name="confirm" required maxlength={63} autocomplete="off" spellcheck={false} />
      <button class="button button--danger" type="submit">
        Forget {name}
      </button>
    </form>
  </details>
)

const listed = (words: readonly string[]) =>
  words.length === 0 ? undefined : <bdi>{words.map((word) => visibleText(word, 60)).join(', ')}</bdi>

/** A link where a browser can open it; the other forms are for git. */
const Repository: FC<{ address: string }> = ({ address }) =>
  /^https?:\/\//i.test(address) && URL.canParse(address) ? (
    <a href={address} rel="noopener noreferrer">
      <Address of={address} />
    </a>
  ) : (
    <Address of={address} />
  )

const Address: FC<{ of: string }> = ({ of }) => (
  <code class="id" dir="ltr">
    {visibleText(of, 200)}
  </code>
)

const RELATIONS: Record<string, string> = { blocks: 'is blocked by', enhances: 'is enhanced by', integrates_with: 'integrates with' }

const Dependencies: FC<{ of: Project['dependencies'] }> = ({ of }) => (
  <ul>
    {of.map(({ project, type, criticality }) => (
      <li>
        {RELATIONS[type] ?? visibleText(type, 40)}{' '}
        <a href={projectHref(project)}>
          <bdi>{visibleText(project, 63)}</bdi>
        </a>
        {criticality === undefined ? null : (
          <>
            {', '}
            <ForeignText text={criticality} limit={64} />
          </>
        )}
      </li>
    ))}
  </ul>
)

const titled = (day: string) => day.slice(0, 1).toUpperCase() + day.slice(1, 3)

function hoursText({ timezone, start, end, days }: WorkHours): string {
  return `${days.map(titled).join(', ')}, ${start} to ${end} ${timezone}`
}

/** Nobody set the limits of a project that only reports registered: the defaults would read like a rule. */
const Limits: FC<ProjectCardProps> = ({ project: { limits, origin }, state, ...looked }) => {
  const standard = newProject('').limits
  const isSet = origin === 'file' || Object.entries(limits).some(([name, value]) => value !== Reflect.get(standard, name))
  if (!isSet) return null
  const working = countAgents(state.agents.values(), 'working', looked)
  const open = [...state.cycles.values()].filter(isOpenCycle).length
  return (
    <>
      <Fact name="Agents at once">
        <Compared now={working} limit={limits.parallelAgents} what="working" />
      </Fact>
      <Fact name="Cycles at once">
        <Compared now={open} limit={limits.parallelCycles} what="open" />
      </Fact>
      <Fact name="Memory limit">{`${limits.memoryMb.toLocaleString('en')} MiB`}</Fact>
      <Fact name="Disk limit">{`${limits.diskMb.toLocaleString('en')} MiB`}</Fact>
      <Fact name="CPU priority">{String(limits.cpuPriority)}</Fact>
    </>
  )
}

const Compared: FC<{ now: number; limit: number; what: string }> = ({ now, limit, what }) => (
  <>
    {now} {what}, limit {limit}
    {now > limit ? <strong class="over-limit"> above the limit</strong> : null}
  </>
)
