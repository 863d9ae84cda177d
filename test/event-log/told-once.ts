import { event } from './log-events.ts'
import { openNamed } from './named-log.ts'

/** A program that opens the named log, leaves an event in it and ends. Arguments: the name of a log, an id. */
const [name = '', id = ''] = process.argv.slice(2)
const log = await openNamed(name)
await log.append('apollo', [event(id)])
await log.close()
