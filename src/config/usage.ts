import { Environment } from './environment.ts'

type FlagHelp = { form: string; text: string }

export const FLAG_HELP: Record<string, FlagHelp> = {
  '--host': { form: '--host <address>', text: 'listen on this address (localhost)' },
  '--port': { form: '--port <number>', text: 'listen on this port (5000); 0 takes a free one' },
  '--config': { form: '--config <file>', text: 'the configuration file (orch-config.yaml, if there is one)' },
  '--data-dir': { form: '--data-dir <folder>', text: 'where events are stored (.data)' },
  '--log-level': { form: '--log-level <level>', text: 'debug, info, warn or error (info)' },
  '--debug': { form: '--debug', text: 'detailed logs, and a restart when the program or the configuration changes' },
  '--no-reload': { form: '--no-reload', text: 'no restart on change, whatever else says so' },
  '--help': { form: '-h, --help', text: 'this text' },
  '--version': { form: '-v, --version', text: 'the version' },
}

export const COMMANDS = [
  { name: 'serve', form: 'serve [flags]', text: 'start the service (also without a command)' },
  { name: 'check-config', form: 'check-config [file] [flags]', text: 'say what is wrong with the configuration, without starting' },
  { name: 'migrate', form: 'migrate [flags]', text: 'bring the tables in DATABASE_URL to this version (each start does so too)' },
] as const

const table = (rows: readonly { form: string; text: string }[]) => {
  const width = Math.max(...rows.map(({ form }) => form.length))
  return rows.map(({ form, text }) => `  ${form.padEnd(width)}  ${text}`).join('\n')
}

const flags = () => `Flags (--flag value or --flag=value)\n${table(Object.values(FLAG_HELP))}`

/** What `visualizer --help` prints. */
export function overallHelp(): string {
  const commands = `Commands\n${table(COMMANDS)}`
  return `visualizer <command> [flags]\n\n${commands}\n\n${flags()}\n\nvisualizer serve --help names the environment variables too.\n`
}

/** What `visualizer <command> --help` prints. */
export function commandHelp(name: (typeof COMMANDS)[number]['name']): string {
  const command = COMMANDS.find((known) => known.name === name) ?? COMMANDS[0]
  return `visualizer ${command.form}\n\n  ${command.text}\n\n${flags()}\n\n${variables()}\n${ENDINGS[name]}\n`
}

/** Built from the schema, so that no variable is left out. */
function variables(): string {
  const rows = Object.entries(Environment.shape).map(([form, schema]) => ({ form, text: schema.description ?? '' }))
  return `Environment (a flag comes before its variable, a variable before the file)\n${table(rows)}\n`
}

const ENDINGS = {
  serve: 'Stops on SIGTERM or Ctrl-C; a second one ends it at once. Exit code 2 when it cannot start as asked.',
  'check-config': 'Exit code 0 when the service could start with it, else 2.',
  migrate:
    'Changes nothing where there is nothing to do; several at once do it once. Exit code 0 when the tables are those of this version,\n1 when the server is away, 2 when something must be changed first.',
}
