import type { BusMessage } from '../../src/bus/ipc.ts'
import { openRelay } from '../../src/bus/relay.ts'

/** A supervisor with one worker: whoever started it. */
const end = openRelay().join((message) => void process.send?.(message))
process.on('message', (message: BusMessage) => end.receive(message))
