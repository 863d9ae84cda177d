import type { FC } from 'hono/jsx'
import { Links } from '../overview/link-health.tsx'
import { Shape } from '../atoms/shape.tsx'
import { Since } from '../atoms/since.tsx'
import { type Frame, Layout } from '../shell/layout.tsx'
import type { LinkHealth } from '../../src/domain/summary/link-health.ts'
import { workflowLook } from '../atoms/state-look.ts'

type OnboardingContentProps = {
  now: number
  origin: string
  startedAt: number
  links: readonly LinkHealth[]
}

/** GET / before the first project: what to do, in commands that work when pasted. */
export const OnboardingPage: FC<OnboardingContentProps & Frame> = (props) => (
  <Layout {...props} title="Projects" scripts={['overview.js']}>
    <OnboardingContent {...props} />
  </Layout>
)

const OnboardingContent: FC<OnboardingContentProps> = ({ origin, startedAt, now, links }) => (
  <>
    <Onboarding origin={origin} startedAt={startedAt} now={now} />
    <Links links={links} now={now} />
  </>
)

const Onboarding: FC<{ origin: string; startedAt: number; now: number }> = ({ origin, startedAt, now }) => (
  <div id="onboarding" class="onboarding">
    <WorkflowStrip />
    <h1>No project has reported yet</h1>
    <p class="onboarding__lead">A project appears here with its first event. Nothing to set up before that.</p>
    <p class="onboarding__lead">
      To look around first: <code>npm run visualizer -- demo --serve</code> plays an hour of six projects, in a service of its own.
    </p>
    <ol class="steps">
      <FirstEvent origin={origin} />
      <Orchestrator />
      <StateFiles />
    </ol>
    <div class="await tone-working">
      <Shape name="ring" />
      <p>
        <strong>Waiting for your first event</strong>
        <span>
          Listening at {origin} for <Since at={startedAt} now={now} form="waiting" />. The project appears here on its own.
        </span>
      </p>
    </div>
    <NotArriving origin={origin} />
  </div>
)

/** Stays on this page, which goes on waiting: what to run, and what each answer of it means. */
const NotArriving: FC<{ origin: string }> = ({ origin }) => (
  <details id="not-arriving" class="card not-arriving">
    <summary>Not arriving?</summary>
    <p>Run this where your reporter runs. The first line of the answer says what is wrong.</p>
    <Snippet id="probe" title="A report that shows its answer" code={probeCommand(origin)} />
    <dl>
      {ANSWERS.map(([answer, meaning]) => (
        <div>
          <dt>
            <code>{answer}</code>
          </dt>
          <dd>{meaning}</dd>
        </div>
      ))}
    </dl>
    <p>
      What the service itself says of its health:{' '}
      <a href="/api/v1/status" target="_blank" rel="noopener">
        status, in a new tab
      </a>
      .
    </p>
  </details>
)

const ANSWERS: readonly [answer: string, meaning: string][] = [
  ['202 Accepted', 'The report is stored. This page shows it within a second; if not, load it again.'],
  ['400 Bad Request', 'The service was reached, but the report is not valid: the answer names the field, and for JSON the line.'],
  [
    '403, 404 or 405',
    'Another program, or a proxy that does not pass this path or host name on. Try the address that the service printed.',
  ],
  ['503', 'The service is up, but cannot store now. Its log says why; report again later.'],
  ['Connection refused', 'Nothing listens there: compare host and port with the address that the service printed when it started.'],
  ['It hangs', 'A firewall or a wrong host name. In a container, localhost is the container: name the host instead.'],
]

const FirstEvent: FC<{ origin: string }> = ({ origin }) => (
  <OnboardingStep title="Send a first event" id="first-event" code={firstEventCommand(origin)}>
    Any program that can make a web request can report. Paste this into a terminal:
  </OnboardingStep>
)

export function firstEventCommand(origin: string): string {
  return reportCommand('curl -sS', origin)
}

const probeCommand = (origin: string) => reportCommand('curl -i --max-time 10', origin)

function reportCommand(curl: string, origin: string): string {
  return [
    `${curl} -X POST ${shellWord(`${origin}/api/v1/projects/my-project/events`)} \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -d '{"type":"workflow_transition","old_state":"IDLE","new_state":"BACKLOG_READY"}'`,
  ].join('\n')
}

/** The origin comes from the request: only what is harmless stays bare in a command that people paste. */
function shellWord(text: string): string {
  return /^[\w:/.[\]-]+$/.test(text) && !/[[\]]/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

const Orchestrator: FC = () => (
  <OnboardingStep title="Or connect an orchestrator" id="orchestrator" code={'orchestrators:\n  local: { url: ws://localhost:8080 }'}>
    Add it to <code>orch-config.yaml</code>, then start again.
  </OnboardingStep>
)

const StateFiles: FC = () => (
  <OnboardingStep title="Or read state files" id="state-files" code={'projects:\n  my-project:\n    path: /path/to/my-project'}>
    Point at folders that hold <code>.orch-state/</code>, in the same file. Read-only.
  </OnboardingStep>
)

const OnboardingStep: FC<{ title: string; id: string; code: string; children?: unknown }> = ({ title, id, code, children }) => (
  <li class="step">
    <h2>{title}</h2>
    <p>{children}</p>
    <Snippet id={id} title={title} code={code} />
  </li>
)

const Snippet: FC<{ title: string; id: string; code: string }> = ({ title, id, code }) => (
  <div class="snippet">
    <pre id={`code-${id}`} tabindex={0} aria-label={title}>
      <code>{code}</code>
    </pre>
    <button class="button needs-script" type="button" data-copy={`code-${id}`} aria-label={`Copy: ${title}`}>
      Copy
    </button>
  </div>
)

const MAIN_PATH = ['IDLE', 'BACKLOG_READY', 'SPRINT_PLANNED', 'SPRINT_ACTIVE', 'SPRINT_REVIEW']

const WorkflowStrip: FC = () => (
  <ol class="strip" aria-label="The way of a sprint">
    {MAIN_PATH.map((state) => {
      const look = workflowLook(state)
      return (
        <li class={`strip__state tone-${look.tone}`}>
          <Shape name={look.shape} />
          {look.word}
        </li>
      )
    })}
  </ol>
)
