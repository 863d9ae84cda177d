import { readFileSync } from 'node:fs'

/*
 * Loaded before the program: its machine's clock is off by as many ms as the file named by SET_CLOCK says, and changes with it. What only
 * moves forward stays as it is, as where somebody sets the clock of a real machine.
 */
const file = process.env['SET_CLOCK']

// A worker is told to load this twice: by its supervisor's arguments and by the environment.
if (file !== undefined && !('isClockSet' in globalThis)) {
  Object.assign(globalThis, { isClockSet: true })
  const real = Date.now
  let offset = 0
  const look = () => void (offset = Number(readFileSync(file, 'utf8')))
  look()
  setInterval(look, 10).unref()
  Date.now = () => real() + offset
}
