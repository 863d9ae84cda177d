const isPainted = process.stdout.isTTY && !process.env.NO_COLOR

function painted(code: number) {
  return (text: string) => (isPainted ? `\x1b[${code}m${text}\x1b[0m` : text)
}

/** Colour where a person looks at a terminal; plain text in files and pipes. */
export const paint = { good: painted(32), bad: painted(31), dim: painted(2), strong: painted(1) }

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}

export function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '    ')
}
