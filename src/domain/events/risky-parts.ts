export type RiskyPart = { start: number; end: number; name: string }

const SHELL = '(?:sudo\\s+)?(?:(?:ba|z|da|k|fi)?sh|python3?|node|perl|ruby)(?![\\w-])'

/** Downloads that are run at once, and writes over a whole device. */
const FLOWS = [`(?<![\\w-])(?:curl|wget)\\s[^|\\n]{0,400}\\|\\s*${SHELL}`, `\\|\\s*${SHELL}`, '>\\s*/dev/(?:sd|nvme|disk|hd)\\w*']

const WORDS = [
  'rm(?:\\s+-{1,2}[\\w=-]+)*',
  'git\\s+clean\\s+-\\w+',
  'git\\s+push\\s+-f',
  'chmod\\s+-R|chown\\s+-R|mkfs(?:\\.\\w+)?|dd\\s+(?:if|of)=\\S+',
  '--(?:force|hard|truncate|delete|prune|purge|no-verify|no-preserve-root|allow-[\\w-]+|dangerously-[\\w-]+)(?:-[\\w-]+)?',
  '-rf|-fr|-delete|sudo|DROP|TRUNCATE|DELETE|shutdown|reboot',
]

const RISKY = new RegExp([...FLOWS, `(?<![\\w-])(?:${WORDS.join('|')})(?![\\w-])`].join('|'), 'g')

/** The risky parts of a command, in order: a hint for the eye, not a judgement. */
export function riskyParts(command: string): RiskyPart[] {
  return [...command.matchAll(RISKY)].map(({ 0: found, index }) => ({ start: index, end: index + found.length, name: nameOf(found) }))
}

function nameOf(found: string): string {
  const [, from, into] = /^(curl|wget)\s.*\|\s*(.+)$/s.exec(found) ?? []
  return from === undefined ? found.replace(/\s+/g, ' ') : `${from} … | ${into}`
}
