import { parseArgs } from 'node:util'
import { nearestWord } from '../domain/nearest-word.ts'
import type { ClientFlags, ExportFlags } from './client-settings.ts'
import type { Flags } from './environment.ts'
import { COMMANDS, type CommandName, commandHelp, FLAG_HELP, flagsOf, overallHelp } from './usage.ts'
import { quoted, UsageError } from './problem.ts'

type ServerCommand = Exclude<CommandName, 'demo' | 'tail' | 'export'>

export type Request =
  | { kind: 'help'; text: string }
  | { kind: 'version' }
  | { kind: ServerCommand; flags: Flags; mayReload: boolean }
  | { kind: 'demo'; flags: ClientFlags }
  | { kind: 'export'; project: string; flags: ExportFlags }
  | { kind: 'tail'; project: string; flags: ClientFlags }

const OPTIONS = {
  host: { type: 'string' },
  port: { type: 'string' },
  config: { type: 'string' },
  'data-dir': { type: 'string' },
  'log-level': { type: 'string' },
  debug: { type: 'boolean' },
  'no-reload': { type: 'boolean' },
  url: { type: 'string' },
  token: { type: 'string' },
  serve: { type: 'boolean' },
  speed: { type: 'string' },
  projects: { type: 'string' },
  seed: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  out: { type: 'string' },
  force: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const

type Values = Partial<Record<keyof typeof OPTIONS, string | boolean | undefined>>

/** Parses the arguments after the program's name; the default command is `serve`. Throws a `UsageError`. */
export function readCommandLine(argv: string[]): Request {
  const { values, positionals, tokens } = parseArgs({ args: argv, options: OPTIONS, strict: false, allowPositionals: true, tokens: true })
  const named = tokens.filter((token) => token.kind === 'option')
  for (const token of named) checkFlag(token)
  const [first, ...others] = positionals
  if (values.version === true) return { kind: 'version' }
  if (first === 'help' || values.help === true) return { kind: 'help', text: helpOn(first === 'help' ? others[0] : first) }
  const command = first === undefined ? 'serve' : commandNamed(first)
  for (const { name, rawName } of named) checkBelongs(command, `--${name}`, rawName)
  const argument = WITH_ARGUMENT.has(command) ? others.shift() : undefined
  if (others[0] !== undefined) throw new UsageError(`${command} takes no argument ${quoted(others[0])}; see visualizer ${command} --help`)
  if (command === 'demo') return { kind: command, flags: clientFlags(values) }
  if (command === 'tail') return { kind: command, project: requiredProject(command, argument), flags: clientFlags(values) }
  if (command === 'export') return { kind: command, project: requiredProject(command, argument), flags: exportFlags(values) }
  return { kind: command, flags: serverFlags(values, argument), mayReload: values['no-reload'] !== true }
}

const WITH_ARGUMENT: ReadonlySet<CommandName> = new Set(['check-config', 'tail', 'export'])

const textFlag = (value: string | boolean | undefined) => (typeof value === 'string' ? value : undefined)

function serverFlags(values: Values, file: string | undefined): Flags {
  return {
    host: textFlag(values.host),
    port: textFlag(values.port),
    config: configOf(textFlag(values.config), file),
    dataDir: textFlag(values['data-dir']),
    logLevel: textFlag(values['log-level']),
    ...(values.debug === true ? { debug: true } : {}),
  }
}

function configOf(flag: string | undefined, file: string | undefined): string | undefined {
  if (flag === undefined || file === undefined) return flag ?? file
  throw new UsageError(`check-config checks one file, and two are named: ${quoted(file)} and --config ${quoted(flag)}`)
}

function clientFlags(values: Values): ClientFlags {
  return {
    url: textFlag(values.url),
    token: textFlag(values.token),
    port: textFlag(values.port),
    speed: textFlag(values.speed),
    projects: textFlag(values.projects),
    seed: textFlag(values.seed),
    from: textFlag(values.from),
    isServed: values.serve === true,
    isJson: values.json === true,
  }
}

function exportFlags(values: Values): ExportFlags {
  const { to, out, force } = values
  return {
    client: clientFlags(values),
    server: serverFlags(values, undefined),
    to: textFlag(to),
    out: textFlag(out),
    isForced: force === true,
  }
}

function requiredProject(command: CommandName, project: string | undefined): string {
  if (project !== undefined) return project
  throw new UsageError(`${command} needs the name of a project: visualizer ${command} <project>`)
}

type OptionToken = { name: string; rawName: string; value?: string | undefined; inlineValue?: boolean | undefined }

function checkFlag({ name, rawName, value, inlineValue }: OptionToken) {
  const option = Object.entries(OPTIONS).find(([known]) => known === name)?.[1]
  if (option === undefined) {
    const meant = nearestWord(rawName, Object.keys(FLAG_HELP))
    throw new UsageError(`there is no flag ${quoted(rawName)}; ${meant === undefined ? 'see visualizer --help' : `did you mean ${meant}?`}`)
  }
  if (option.type === 'boolean' && value !== undefined) throw new UsageError(`${rawName} takes no value`)
  const isMissing = value === undefined || (inlineValue === false && value.startsWith('-'))
  if (option.type === 'string' && isMissing) throw new UsageError(`${rawName} needs a value: ${FLAG_HELP[`--${name}`]?.form ?? rawName}`)
}

function checkBelongs(command: CommandName, flag: string, rawName: string) {
  if (flagsOf(command).includes(flag)) return
  throw new UsageError(`${command} takes no flag ${quoted(rawName)}; see visualizer ${command} --help`)
}

function commandNamed(word: string): CommandName {
  const command = COMMANDS.find(({ name }) => name === word)
  if (command) return command.name
  const meant = nearestWord(word, [...COMMANDS.map(({ name }) => name), 'help'])
  throw new UsageError(`there is no command ${quoted(word)}; ${meant === undefined ? 'see visualizer --help' : `did you mean ${meant}?`}`)
}

const helpOn = (word: string | undefined) => (word === undefined ? overallHelp() : commandHelp(commandNamed(word)))
