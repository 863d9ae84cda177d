/* A worker that cannot gather its figures at first; afterwards they say what it told of that. */
import { runWorker } from '../../src/cluster/worker.ts'

const failures: string[] = []

process.exitCode = await runWorker(async () => ({
  url: 'http://localhost',
  async figures() {
    if (failures.length === 0) throw new Error('the figures are out of sight')
    return [{ name: 'failures', help: failures.join(), type: 'counter', values: [], aggregator: 'sum' }]
  },
  reopenLogs: () => undefined,
  stopListening: () => undefined,
  close: async () => undefined,
  onError: (error) => void failures.push(String(error)),
}))
