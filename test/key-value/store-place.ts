import type { KeyValue } from '../../src/key-value/key-value.ts'
import { endAfter } from '../support/ending.ts'
import { linesOf } from '../support/lines.ts'

/** Where small shared things live (a file, a server): may be opened several times, also by other programs. */
export type StorePlace = {
  open(): Promise<KeyValue>
  /** What starts another program on the same place: a file that calls `obey` with what it opened, and its arguments. */
  program: string[]
}

export type Other = { tell(words: string): Promise<string>; kill(): Promise<void> }

/** Starts another program on the place, which ends with the test. */
export async function startOther({ program }: StorePlace): Promise<Other> {
  const child = Bun.spawn([process.execPath, ...program], { stdin: 'pipe', stdout: 'pipe', stderr: 'inherit' })
  async function kill() {
    child.kill('SIGKILL')
    await child.exited
  }
  endAfter('test', kill)
  const lines = linesOf(child.stdout)
  await lines.next()
  return {
    async tell(words) {
      void child.stdin.write(`${words}\n`)
      await child.stdin.flush()
      return (await lines.next()).value ?? ''
    },
    kill,
  }
}
