import { AS_WORKER } from './cluster/messages.ts'

const LAST_WORDS_MS = 500

async function main(argv: string[]): Promise<number> {
  // Only a supervisor of ours starts a worker, over a channel.
  if (argv[0] === AS_WORKER && process.connected) return (await import('./main/open.ts')).serveAsWorker()
  return (await import('./main/command.ts')).runCommand(argv)
}

const code = await main(process.argv.slice(2))
process.exitCode = code
// Output is written to its end before the program ends by itself; what is still open then does not keep it.
setTimeout(() => process.exit(code), LAST_WORDS_MS).unref()
