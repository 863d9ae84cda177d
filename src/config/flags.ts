type Flag = {
  /** What follows the flag; without it the flag takes nothing. */
  takes?: string
  text: string
  short?: string
  /** The variable of the service that it comes before. */
  variable?: string
}

/** Every flag of every command. */
export const FLAGS = {
  host: { takes: '<address>', text: 'listen on this address (localhost)', variable: 'HOST' },
  port: { takes: '<number>', text: 'listen on this port (5000); 0 takes a free one', variable: 'PORT' },
  config: { takes: '<file>', text: 'the configuration file (orch-config.yaml, if there is one)', variable: 'ORCH_CONFIG' },
  'data-dir': { takes: '<folder>', text: 'where events are stored (.data)', variable: 'DATA_DIR' },
  'log-level': { takes: '<level>', text: 'debug, info, warn or error (info)', variable: 'LOG_LEVEL' },
  debug: { text: 'detailed logs, and a restart when the program or the configuration changes', variable: 'DEBUG' },
  'no-reload': { text: 'no restart on change, whatever else says so' },
  url: { takes: '<address>', text: 'where the service is (http://localhost:5000)' },
  token: { takes: '<text>', text: 'who we are, where the service asks; VISUALIZER_TOKEN keeps it off the list of processes' },
  serve: { text: 'start a service for the demo alone, and delete its data at the end' },
  speed: { takes: '<1 to 60>', text: 'how many times faster than life (12: the hour takes five minutes)' },
  projects: { takes: '<1 to 8>', text: 'how many projects report (6)' },
  seed: { takes: '<number>', text: 'the same number plays the same hour (1)' },
  from: { takes: '<place>', text: 'now, beginning, or an offset; without it the last 10 events come first' },
  to: { takes: '<time or offset>', text: 'the last moment (the newest event)' },
  out: { takes: '<file>', text: 'where to write (PROJECT-replay.html)' },
  force: { text: 'replace a file that is there' },
  json: { text: 'each event as a line of JSON, as the API gives it' },
  name: { takes: '<text>', text: 'who signs in, as others see it (the role)' },
  scopes: { takes: '<list>', text: 'what the token is for: ingest, read, command, admin, or several with commas' },
  days: { takes: '<number>', text: 'when it ends, in days; or never (90)' },
  group: { takes: '<name,name>', text: 'groups that the user is in, as signing in would tell' },
  role: { takes: '<name,name>', text: 'roles that signing in would give, beside those of the policy' },
  help: { short: 'h', text: 'this text' },
  version: { short: 'v', text: 'the version' },
} as const satisfies Record<string, Flag>

export type FlagName = keyof typeof FLAGS

/** What the command line says, as it was written: a text where the flag takes one. */
export type Flags = { [Name in FlagName]?: ((typeof FLAGS)[Name] extends { takes: string } ? string : boolean) | undefined }

const byName = new Map<string, Flag>(Object.entries(FLAGS))

/** A flag by its name without dashes; undefined where there is none. */
export const flagNamed = (name: string): Flag | undefined => byName.get(name)

/** The flags as they are written, such as `--port`. */
export const WRITTEN_FLAGS: readonly string[] = [...byName.keys()].map((name) => `--${name}`)

/** A flag as help texts write it, such as `--port <number>`; where a command takes something else with it, that. */
export function flagForm(name: FlagName, takes = flagNamed(name)?.takes): string {
  const short = flagNamed(name)?.short
  return `${short === undefined ? '' : `-${short}, `}--${name}${takes === undefined ? '' : ` ${takes}`}`
}

/** What the flag that comes before a variable says; undefined where no flag does or it was not given. */
export function flagBefore(variable: string, flags: Flags): { key: string; text: string } | undefined {
  for (const [name, value] of Object.entries(flags)) {
    if (value !== undefined && flagNamed(name)?.variable === variable) return { key: `--${name}`, text: String(value) }
  }
  return undefined
}

/** Whether values that were parsed are those of flags that are known. */
export const areFlags = (values: Record<string, unknown>): values is Flags =>
  Object.entries(values).every(([name, value]) => typeof value === (flagNamed(name)?.takes === undefined ? 'boolean' : 'string'))
