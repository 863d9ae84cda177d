import { boundedOutput } from '../../src/telemetry/logger.ts'

/* A program that writes 40 MB of lines to a standard output that nobody may read, then says on standard error what became of them. */
let dropped = 0
const write = boundedOutput(process.stdout, (lines) => (dropped += lines))
for (let number = 0; number < 40_000; number++) {
  write(`${number} ${'x'.repeat(1_000)}\n`)
  if (number % 1_000 === 0) await new Promise<void>((resolve) => void setImmediate(resolve))
}
console.error(`dropped ${dropped} rss ${process.memoryUsage.rss()}`)
