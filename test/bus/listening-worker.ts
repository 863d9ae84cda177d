import { openIpcBus } from '../../src/bus/ipc.ts'
import { openSupervisorChannel } from '../../src/cluster/supervisor-channel.ts'

/** A worker that counts what it hears and misses, and says so on the bus when it is asked, and after each loss. */
const { link, started } = openSupervisorChannel()
const { name } = await started
const bus = openIpcBus({ channel: link.bus })
let [heard, missed] = [0, 0]

const tell = () => bus.publish('told', { project: name, epoch: String(missed), offset: heard, events: [] })
await bus.subscribe('news', {
  deliver: () => void (heard += 1),
  missed() {
    missed += 1
    tell()
  },
})
await bus.subscribe('ask', { deliver: tell, missed: () => undefined })
tell()
