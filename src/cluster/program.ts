import { writeFileSync } from 'node:fs'

/** The command line that starts this program again, to which arguments can be added. */
export function programCommand(): string[] {
  return Bun.isStandaloneExecutable ? [process.execPath] : [process.execPath, ...process.execArgv, Bun.main]
}

/** Sets the name that `top` and `pgrep` show; the runtime does not pass its title on. */
export function nameProgram(name: string): void {
  process.title = name
  try {
    if (process.platform === 'linux') writeFileSync('/proc/self/comm', name)
  } catch {
    // Without /proc the program goes by the name of its runtime.
    return
  }
}
