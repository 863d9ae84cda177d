import type { Key, KeyValue } from '../../src/key-value/key-value.ts'

export const RACE_KEYS = 100

const raceKey = (index: number): Key => ['race', String(index)]

/** Tries to be the first to set each of many keys, and adds 1 to a counter each time; tells how many it was first at. */
export async function race(keyValue: KeyValue, name: string): Promise<number> {
  let won = 0
  for (let index = 0; index < RACE_KEYS; index += 1) {
    const isFirst = await keyValue.compareAndSet(raceKey(index), { expected: undefined, value: name })
    if (isFirst) won += 1
    await keyValue.increment(['raced'], 1, 60_000)
  }
  return won
}

/** What the other program does: says that it is there, races when it is told to, or holds leases until it is ended. */
export async function obey(keyValue: KeyValue): Promise<void> {
  console.log('ready')
  for await (const line of console) {
    const [word = '', name = '', ttlMs = ''] = line.split(' ')
    if (word === 'race') console.log(String(await race(keyValue, name)))
    if (word === 'hold') console.log(JSON.stringify(await keyValue.acquire([['held', name]], 'the other', Number(ttlMs))))
  }
}
