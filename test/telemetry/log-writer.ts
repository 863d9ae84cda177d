import { LogFile } from '../../src/telemetry/log-file.ts'

/*
 * A program that writes numbered lines into a log that others write too, some at once and then a breath, as requests do.
 * Arguments: file, its name, lines, bytes of a file before it is rotated. Writes how many lines it dropped.
 */
const [path = '', name = '', lines = '0', limit = '0'] = process.argv.slice(2)
let dropped = 0
const file = new LogFile({
  path,
  rotation: Number(limit) > 0 ? { limitBytes: Number(limit), backups: 500 } : undefined,
  onAway: (problem) => console.log('away', problem),
  onBack: () => undefined,
  onDropped: (count) => (dropped += count),
})
for (let number = 0; number < Number(lines); number++) {
  file.write(`${JSON.stringify({ name, number, text: 'x'.repeat(number % 300) })}\n`)
  if (number % 20 === 0) await Bun.sleep(1)
}
await file.close()
console.log(`dropped ${dropped}`)
