/** A part of a command that is worth a second look, by its place in the text, and what it is called. */
export type RiskyPart = { start: number; end: number; name: string }

const SHELL = '(?:sudo\\s+)?(?:(?:ba|z|da|k|fi)?sh|python3?|node|perl|ruby)(?![\\w-])'

/** What comes from elsewhere and is run at once, and what writes over a whole device. */
const FLOWS = [`(?<![\\w-])(?:curl|wget)\\s[^|\\n]{0,400}\\|\\s*${SHELL}`, `\\|\\s*${SHELL}`, '>\\s*/dev/(?:sd|nvme|disk|hd)\\w*']

/** Words of commands and options that delete, overwrite, or leave out a check. */
const WORDS = [
  'rm(?:\\s+-{1,2}[\\w=-]+)*',
  'git\\s+clean\\s+-\\w+',
  'git\\s+push\\s+-f',
  'chmod\\s+-R|chown\\s+-R|mkfs(?:\\.\\w+)?|dd\\s+(?:if|of)=\\S+',
  '--(?:force|hard|truncate|delete|prune|purge|no-verify|no-preserve-root|allow-[\\w-]+|dangerously-[\\w-]+)(?:-[\\w-]+)?',
  '-rf|-fr|-delete|sudo|DROP|TRUNCATE|DELETE|shutdown|reboot',
]

const RISKY = new RegExp([...FLOWS, `(?<![\\w-])(?:${WORDS.join('|')})(?![\\w-])`].join('|'), 'g')

/** What makes a command worth a second look, in the order of its text. A hint for the eye, not a judgement. */
export function riskyParts(command: string): RiskyPart[] {
  return [...command.matchAll(RISKY)].map(({ 0: found, index }) => ({ start: index, end: index + found.length, name: nameOf(found) }))
}

/** `curl … | sh`: where the middle says nothing about the risk, it is left out. */
function nameOf(found: string): string {
  const [, from, into] = /^(curl|wget)\s.*\|\s*(.+)$/s.exec(found) ?? []
  return from === undefined ? found.replace(/\s+/g, ' ') : `${from} … | ${into}`
}
