import { writeFileSync } from 'node:fs'

/** The command that starts this program again; what follows it are its arguments. */
export function programCommand(): string[] {
  // As a single file the program is the executable.
  return Bun.isStandaloneExecutable ? [process.execPath] : [process.execPath, ...process.execArgv, Bun.main]
}

/** Lets `top`, `pgrep` and whoever looks there find us by name: the runtime only remembers a title. */
export function nameProgram(name: string): void {
  process.title = name
  try {
    if (process.platform === 'linux') writeFileSync('/proc/self/comm', name)
  } catch {
    // Without /proc the program goes by the name of its runtime.
    return
  }
}
