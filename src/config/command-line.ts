import { parseArgs } from 'node:util'
import { nearestWord } from '../domain/nearest-word.ts'
import type { Flags } from './environment.ts'
import { COMMANDS, commandHelp, FLAG_HELP, overallHelp } from './usage.ts'

export type Command = (typeof COMMANDS)[number]['name']
export type Request = { kind: 'help'; text: string } | { kind: 'version' } | { kind: Command; flags: Flags; mayReload: boolean }

/** The command line cannot be understood; the message says what was meant, in one line. */
export class UsageError extends Error {
  override name = 'UsageError'
}

const OPTIONS = {
  host: { type: 'string' },
  port: { type: 'string' },
  config: { type: 'string' },
  'data-dir': { type: 'string' },
  'log-level': { type: 'string' },
  debug: { type: 'boolean' },
  'no-reload': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const

const FLAG_NAMES: string[] = Object.keys(FLAG_HELP)

/** Reads the arguments after the program's name. Without a command, the service is started. Throws a `UsageError`. */
export function readCommandLine(argv: string[]): Request {
  const { values, positionals, tokens } = parseArgs({ args: argv, options: OPTIONS, strict: false, allowPositionals: true, tokens: true })
  for (const token of tokens) if (token.kind === 'option') checkFlag(token)
  const [first, ...others] = positionals
  if (values.version === true) return { kind: 'version' }
  if (first === 'help' || values.help === true) return { kind: 'help', text: helpOn(first === 'help' ? others[0] : first) }
  const command = first === undefined ? 'serve' : commandNamed(first)
  const file = command === 'check-config' ? others.shift() : undefined
  if (others[0] !== undefined) throw new UsageError(`${command} takes no argument ${quoted(others[0])}; see visualizer ${command} --help`)
  const text = (value: string | boolean | undefined) => (typeof value === 'string' ? value : undefined)
  const flags: Flags = {
    host: text(values.host),
    port: text(values.port),
    config: text(values.config) ?? file,
    dataDir: text(values['data-dir']),
    logLevel: text(values['log-level']),
    ...(values.debug === true ? { debug: true } : {}),
  }
  return { kind: command, flags, mayReload: values['no-reload'] !== true }
}

type OptionToken = { name: string; rawName: string; value?: string | undefined; inlineValue?: boolean | undefined }

function checkFlag({ name, rawName, value, inlineValue }: OptionToken) {
  const option = Object.entries(OPTIONS).find(([known]) => known === name)?.[1]
  if (option === undefined) {
    const meant = nearestWord(rawName, FLAG_NAMES)
    throw new UsageError(`there is no flag ${quoted(rawName)}; ${meant === undefined ? 'see visualizer --help' : `did you mean ${meant}?`}`)
  }
  if (option.type === 'boolean' && value !== undefined) throw new UsageError(`${rawName} takes no value`)
  const isMissing = value === undefined || (inlineValue === false && value.startsWith('-'))
  if (option.type === 'string' && isMissing) throw new UsageError(`${rawName} needs a value: ${FLAG_HELP[`--${name}`]?.form ?? rawName}`)
}

function commandNamed(text: string): Command {
  const command = COMMANDS.find(({ name }) => name === text)
  if (command) return command.name
  const meant = nearestWord(text, [...COMMANDS.map(({ name }) => name), 'help'])
  throw new UsageError(`there is no command ${quoted(text)}; ${meant === undefined ? 'see visualizer --help' : `did you mean ${meant}?`}`)
}

const helpOn = (text: string | undefined) => (text === undefined ? overallHelp() : commandHelp(commandNamed(text)))

const quoted = (text: string) => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
