import { Environment } from './environment.ts'
import { FLAGS, flagForm, type FlagName } from './flags.ts'

/** Where a command understands a flag in its own way. */
const OWN_HELP: Partial<Record<string, Partial<Record<FlagName, { takes?: string; text: string }>>>> = {
  'check-config': { config: { text: 'the file to check, where none is named (orch-config.yaml, if there is one)' } },
  demo: { port: { text: 'with --serve: listen on this port (a free one)' } },
  'sign-in-link': {
    role: { takes: '<name>', text: 'what whoever uses it may do: viewer, operator, admin or a role of the policy (admin)' },
    projects: { takes: '<list>', text: 'on which projects: names that may hold *, and tag:word, separated by commas (all)' },
    port: { text: 'the port that the link names (5000)' },
  },
  token: { projects: { takes: '<list>', text: 'for which projects: names that may hold *, and tag:word, separated by commas (all)' } },
  export: {
    from: { takes: '<time or offset>', text: 'the first moment, 2026-11-23T20:30:00Z or the number of an event (the first that is left)' },
    url: { text: 'ask the service there; without it the log that the settings name is read' },
  },
}

const OF_SERVER: readonly FlagName[] = ['host', 'port', 'config', 'data-dir', 'log-level', 'debug', 'no-reload']
const OF_CHECK = OF_SERVER.filter((flag) => flag !== 'no-reload')
const OF_CLIENT: readonly FlagName[] = ['url', 'token']
const OF_ALL: readonly FlagName[] = ['help', 'version']

export const COMMANDS = [
  { name: 'serve', form: 'serve [flags]', text: 'start the service (also without a command)', flags: OF_SERVER },
  {
    name: 'check-config',
    form: 'check-config [file] [flags]',
    text: 'say what is wrong with the configuration, without starting',
    flags: OF_CHECK,
  },
  {
    name: 'migrate',
    form: 'migrate [flags]',
    text: 'bring the tables in DATABASE_URL to this version (each start does so too)',
    flags: ['config'],
  },
  { name: 'secret', form: 'secret', text: 'print a key for SECRET_KEY', flags: [] },
  {
    name: 'sign-in-link',
    form: 'sign-in-link [flags]',
    text: 'print a link that lets somebody in, once and within 15 minutes',
    flags: ['role', 'projects', 'name', 'port', 'config', 'data-dir'],
  },
  {
    name: 'token',
    form: 'token create <name> | token list | token revoke <id> [flags]',
    text: 'make, list and revoke tokens with which programs come in',
    flags: ['scopes', 'projects', 'days', 'config', 'data-dir'],
  },
  {
    name: 'policy',
    form: 'policy check [file] | policy why <user> <action> <project> [flags]',
    text: 'say what is wrong with security.policy, or which of its lines decides',
    flags: ['group', 'role', 'config'],
  },
  {
    name: 'export',
    form: 'export <project> [flags]',
    text: 'write a period of a project into one HTML file that replays it without a server',
    flags: ['from', 'to', 'out', 'force', ...OF_CLIENT, 'config', 'data-dir'],
  },
  {
    name: 'demo',
    form: 'demo [flags]',
    text: 'play an hour of several projects, to see what it looks like; --serve needs nothing else',
    flags: ['serve', 'port', ...OF_CLIENT, 'speed', 'projects', 'seed'],
  },
  {
    name: 'tail',
    form: 'tail <project> [flags]',
    text: 'follow a project in the terminal, a line for each event',
    flags: ['from', 'json', ...OF_CLIENT],
  },
] as const

export type CommandName = (typeof COMMANDS)[number]['name']

const table = (rows: readonly { form: string; text: string }[]) => {
  const width = Math.max(...rows.map(({ form }) => form.length))
  return rows.map(({ form, text }) => `  ${form.padEnd(width)}  ${text}`).join('\n')
}

function flagTable(names: readonly FlagName[], command?: CommandName): string {
  const own = command === undefined ? {} : (OWN_HELP[command] ?? {})
  return table([...names, ...OF_ALL].map((name) => ({ form: flagForm(name, own[name]?.takes), text: (own[name] ?? FLAGS[name]).text })))
}

/** The flags of a command. */
export function flagsOf(name: CommandName): readonly string[] {
  return [...(COMMANDS.find((known) => known.name === name)?.flags ?? []), ...OF_ALL]
}

/** The text of `visualizer --help`. */
export function overallHelp(): string {
  const commands = `Commands\n${table(COMMANDS)}`
  const flags = `Flags of serve (--flag value or --flag=value)\n${flagTable(OF_SERVER)}`
  return `visualizer <command> [flags]\n\n${commands}\n\n${flags}\n\nvisualizer <command> --help names a command's flags and environment variables.\n`
}

/** The text of `visualizer <command> --help`. */
export function commandHelp(name: CommandName): string {
  const command = COMMANDS.find((known) => known.name === name) ?? COMMANDS[0]
  const flags = `Flags (--flag value or --flag=value)\n${flagTable(command.flags, name)}`
  const names = NAMED_VARIABLES[name]?.() ?? variables()
  return `visualizer ${command.form}\n\n  ${command.text}\n\n${flags}\n\n${names}\n${ENDINGS[name]}\n`
}

function variables(): string {
  const rows = Object.entries(Environment.shape).map(([form, schema]) => ({ form, text: schema.description ?? '' }))
  return `Environment (a flag comes before its variable, a variable before the file)\n${table(rows)}\n`
}

const CLIENT_ROWS = [
  { form: 'VISUALIZER_URL', text: 'Where the service is. Default http://localhost:5000.' },
  { form: 'VISUALIZER_TOKEN', text: 'Who we are, where the service asks.' },
  { form: 'NO_COLOR', text: 'Any text switches colours off.' },
]
const PORT_ROW = { form: 'PORT', text: 'With --serve: the port to listen on. Default: a free one.' }
const clientVariables = (rows: { form: string; text: string }[]) => `Environment (a flag comes before its variable)\n${table(rows)}\n`

const NAMED_VARIABLES: Partial<Record<CommandName, () => string>> = {
  tail: () => clientVariables(CLIENT_ROWS),
  demo: () => clientVariables([...CLIENT_ROWS, PORT_ROW]),
  export: () =>
    `${clientVariables(CLIENT_ROWS.slice(0, 2))}\nWithout --url and VISUALIZER_URL the log is found as serve finds it. ${variables()}`,
}

const ENDINGS: Record<CommandName, string> = {
  secret:
    'Nothing is stored. Keep what it prints out of the repository: in a file that SECRET_KEY_FILE names, or in the secrets of the platform.',
  'sign-in-link': `Run it where the service runs, with its settings. It works beside a running service.

  visualizer sign-in-link
  visualizer sign-in-link --role viewer --projects "payments-*,tag:web" --name "Ann Example"

Exit code 0 when the link is made, 1 when an engine is away, 2 when something must be changed first.`,
  token: `Run it where the service runs, with its settings. It works beside a running service. A token is shown once; only its hash is
stored.

  visualizer token create build-hooks --scopes ingest --projects payments-api,billing
  visualizer token revoke 3kXv9ab_Q2

Exit code 0 when it is done, 1 when an engine is away, 2 when something must be changed first.`,
  policy: `Actions: see, act, report, manage, admin. Tags of the project are those of the configuration. Without --role, only the roles that
g lines give count.

  visualizer policy check
  visualizer policy why ann@example.com act payments-api --group payments,on-call

Exit code 0 when nothing is wrong or it is allowed, 1 when it is not allowed, 2 when something must be changed first.`,
  serve: 'Stops on SIGTERM or Ctrl-C; a second one ends it at once. Exit code 2 when it cannot start as asked.',
  'check-config': 'Exit code 0 when the service could start with it, else 2.',
  migrate:
    'Changes nothing where there is nothing to do; several at once do it once. Exit code 0 when the tables are those of this version,\n1 when the server is away, 2 when something must be changed first.',
  export: `The service may run meanwhile: its log is read, and never written. One file takes up to 50,000 events, and whoever gets it
reads all that it shows. VISUALIZER_URL is as good as --url; with --data-dir or --config, the log there is read.

  visualizer export payments-api
  visualizer export payments-api --from 2026-11-23T20:00:00Z --to 2026-11-23T21:00:00Z --out sprint-7.html
  visualizer export payments-api --url https://host

Exit code 0 when the file is written, 1 when the log or the service is away, 2 when something must be changed first.`,
  demo: `Writes to projects of its own (demo-…) alone, and refuses where one of them holds anything else. Ctrl-C ends it: what was
still open in its projects is closed. With --serve it begins anew after each hour, and leaves nothing behind.

  visualizer demo --serve                     the first look
  visualizer demo --speed 60                  the hour in a minute, into the service at http://localhost:5000
  visualizer demo --url https://host --projects 3

Exit code 0 at its end or Ctrl-C, 1 when the service is away, 2 when something must be changed first.`,
  tail: `Goes on after the service was away, without losing or repeating an event. Ctrl-C ends it.

  visualizer tail payments-api
  visualizer tail payments-api --from beginning --json | jq 'select(.type == "ci_status")'

Exit code 0 at Ctrl-C, 1 when the service is away at the start, 2 when something must be changed first.`,
}
