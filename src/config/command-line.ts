import { parseArgs } from 'node:util'
import { nearestWord } from '../domain/nearest-word.ts'
import { type Action, ACTIONS } from '../domain/policy-line.ts'
import { type LinkSettings, readLink, readToken, type TokenSettings } from './access-settings.ts'
import { areFlags, FLAGS, flagNamed, type Flags, WRITTEN_FLAGS } from './flags.ts'
import { COMMANDS, type CommandName, commandHelp, flagsOf, overallHelp } from './usage.ts'
import { quoted, UsageError } from './problem.ts'

type OfProject = Extract<CommandName, 'tail' | 'export'>

export type PolicyRequest = { kind: 'policy'; ask: 'check'; flags: Flags } | PolicyQuestion
export type PolicyQuestion = { kind: 'policy'; ask: 'why'; user: string; action: Action; project: string; flags: Flags }

export type Request =
  | { kind: 'help'; text: string }
  | { kind: 'version' }
  | { kind: Exclude<CommandName, OfProject | 'policy' | 'token' | 'sign-in-link'>; flags: Flags }
  | { kind: 'sign-in-link'; link: LinkSettings; flags: Flags }
  | { kind: 'token'; token: TokenSettings; flags: Flags }
  | PolicyRequest
  | { kind: OfProject; project: string; flags: Flags }

const OPTIONS = Object.fromEntries(
  Object.entries(FLAGS).map(([name, flag]) => [
    name,
    { type: 'takes' in flag ? ('string' as const) : ('boolean' as const), ...('short' in flag ? { short: flag.short } : {}) },
  ]),
)

/** Parses the arguments after the program's name; the default command is `serve`. Throws a `UsageError`. */
export function readCommandLine(argv: string[]): Request {
  const { values, positionals, tokens } = parseArgs({ args: argv, options: OPTIONS, strict: false, allowPositionals: true, tokens: true })
  const named = tokens.filter((token) => token.kind === 'option')
  for (const token of named) checkFlag(token)
  const [first, ...others] = positionals
  if (values.version === true) return { kind: 'version' }
  if (first === 'help' || values.help === true) return { kind: 'help', text: helpOn(first === 'help' ? others[0] : first) }
  const command = first === undefined ? 'serve' : commandNamed(first)
  for (const { name, rawName } of named) checkBelongs(command, name, rawName)
  if (command === 'policy') return readPolicyRequest(others, values)
  if (command === 'token') return { kind: command, token: readToken(others, flagsIn(command, values)), flags: flagsIn(command, values) }
  const argument = WITH_ARGUMENT.has(command) ? others.shift() : undefined
  if (others[0] !== undefined) throw new UsageError(`${command} takes no argument ${quoted(others[0])}; see visualizer ${command} --help`)
  const flags = flagsIn(command, values)
  if (command === 'sign-in-link') return { kind: command, link: readLink(flags), flags }
  if (command === 'tail' || command === 'export') return { kind: command, project: requiredProject(command, argument), flags }
  return { kind: command, flags: withConfig(command, flags, argument) }
}

function flagsIn(command: CommandName, values: Record<string, unknown>): Flags {
  const flags = { ...values }
  if (!areFlags(flags)) throw new UsageError(`the flags cannot be understood; see visualizer ${command} --help`)
  return flags
}

function readPolicyRequest([ask, ...words]: string[], values: Record<string, unknown>): PolicyRequest {
  const flags = flagsIn('policy', values)
  if (ask === 'check' && words.length < 2) return { kind: 'policy', ask, flags: withConfig('policy check', flags, words[0]) }
  if (ask !== 'why' || words.length !== 3) {
    throw new UsageError('policy takes check [file], or why <user> <action> <project>; see visualizer policy --help')
  }
  const [user = '', word = '', project = ''] = words
  const action = ACTIONS.find((known) => known === word)
  if (action) return { kind: 'policy', ask, user, action, project, flags }
  const meant = nearestWord(word, ACTIONS)
  throw new UsageError(
    `there is no action ${quoted(word)}; ${meant === undefined ? `choose ${ACTIONS.join(', ')}` : `did you mean ${meant}?`}`,
  )
}

const WITH_ARGUMENT: ReadonlySet<CommandName> = new Set(['check-config', 'tail', 'export'])

function withConfig(command: string, flags: Flags, file: string | undefined): Flags {
  if (file === undefined) return flags
  if (flags.config === undefined) return { ...flags, config: file }
  throw new UsageError(`${command} checks one file, and two are named: ${quoted(file)} and --config ${quoted(flags.config)}`)
}

function requiredProject(command: CommandName, project: string | undefined): string {
  if (project !== undefined) return project
  throw new UsageError(`${command} needs the name of a project: visualizer ${command} <project>`)
}

type OptionToken = { name: string; rawName: string; value?: string | undefined; inlineValue?: boolean | undefined }

function checkFlag({ name, rawName, value, inlineValue }: OptionToken) {
  const flag = flagNamed(name)
  if (flag === undefined) {
    const meant = nearestWord(rawName, WRITTEN_FLAGS)
    throw new UsageError(`there is no flag ${quoted(rawName)}; ${meant === undefined ? 'see visualizer --help' : `did you mean ${meant}?`}`)
  }
  if (flag.takes === undefined && value !== undefined) throw new UsageError(`${rawName} takes no value`)
  const isMissing = value === undefined || (inlineValue === false && value.startsWith('-'))
  if (flag.takes !== undefined && isMissing) throw new UsageError(`${rawName} needs a value: --${name} ${flag.takes}`)
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
