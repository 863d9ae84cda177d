/** The command that starts this program again; what follows it are its arguments. */
export function programCommand(): string[] {
  // As a single file the program is the executable.
  return Bun.isStandaloneExecutable ? [process.execPath] : [process.execPath, ...process.execArgv, Bun.main]
}
