import { Database } from 'bun:sqlite'
import { describe, expect, setSystemTime, test } from 'bun:test'
import { existsSync, mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type KeyValue, StoreUnavailableError } from '../../src/key-value/key-value.ts'
import { openSqliteKeyValue } from '../../src/key-value/sqlite.ts'
import { endAfter, temporaryFolder } from '../support/ending.ts'
import { describeKeyValue } from './key-value.contract.ts'

function openStore(file: string): KeyValue {
  const store = openSqliteKeyValue({ file })
  endAfter('test', () => store.close())
  return store
}

describeKeyValue('SQLite', async () => {
  const file = join(temporaryFolder(), 'shared.sqlite')
  return { open: async () => openSqliteKeyValue({ file }), program: [join(import.meta.dir, 'sqlite-program.ts'), file] }
})

describe('the shared file', () => {
  test('is readable for its owner alone', async () => {
    const file = join(temporaryFolder(), 'shared.sqlite')
    await openStore(file).set(['a'], 'x')
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  test('makes no folder: one that was moved away would find another in its place', async () => {
    const file = join(temporaryFolder(), 'away', 'shared.sqlite')
    await expect(openStore(file).set(['a'], 'x')).rejects.toBeInstanceOf(StoreUnavailableError)
    expect(existsSync(dirname(file))).toBe(false)
  })

  test('loses what expired while others write, a little at a time', async () => {
    endAfter('test', () => void setSystemTime())
    const file = join(temporaryFolder(), 'shared.sqlite')
    const store = openStore(file)
    await store.acquire(
      Array.from({ length: 1_000 }, (_, index) => ['brief', String(index)]),
      'me',
      60_000,
    )
    const db = new Database(file, { readonly: true })
    endAfter('test', () => db.close())
    const rows = () => db.query<{ count: number }, []>('SELECT count(*) AS count FROM item').get()?.count
    expect(rows()).toBe(1_000)
    setSystemTime(Date.now() + 61_000)
    expect(await store.get(['brief', '999'])).toBeUndefined()
    await store.set(['a'], 'x')
    expect(rows()).toBeGreaterThan(900)
    for (let write = 0; write < 120; write += 1) await store.set(['a'], 'x')
    expect(rows()).toBe(1)
  })

  test('frees a lease that was taken before the clock was set back', async () => {
    endAfter('test', () => void setSystemTime())
    const store = openStore(join(temporaryFolder(), 'shared.sqlite'))
    const now = Date.now()
    setSystemTime(now + 3_600_000)
    expect(await store.acquire([['lease']], 'before', 6_000)).toEqual([true])
    setSystemTime(now)
    expect(await store.acquire([['lease']], 'after', 6_000)).toEqual([true])
    expect(await store.acquire([['lease']], 'before', 6_000)).toEqual([false])
  })

  test('is waited for while another program holds it, and others go on meanwhile', async () => {
    const file = join(temporaryFolder(), 'shared.sqlite')
    const store = openStore(file)
    await store.set(['a'], 'x')
    const db = new Database(file)
    endAfter('test', () => db.close())
    db.run('BEGIN IMMEDIATE')
    let isSet = false
    const setting = store.set(['a'], 'y').then(() => (isSet = true))
    expect(await store.get(['a'])).toBe('x')
    expect(isSet).toBe(false)
    db.run('COMMIT')
    await setting
    expect(await store.get(['a'])).toBe('y')
  })

  test('that is away or damaged is an error, and it is used again when it is well', async () => {
    const folder = temporaryFolder()
    const file = join(folder, 'shared.sqlite')
    mkdirSync(file)
    const store = openStore(file)
    await expect(store.get(['a'])).rejects.toThrow(`the shared file ${file} cannot be created`)
    renameSync(file, join(folder, 'away'))
    writeFileSync(file, 'no database, but long enough to be taken for one: '.repeat(100))
    await expect(store.set(['a'], 'x')).rejects.toMatchObject({ name: 'StoreUnavailableError' })
    renameSync(file, join(folder, 'damaged'))
    await store.set(['a'], 'x')
    expect(await store.get(['a'])).toBe('x')
    renameSync(file, join(folder, 'lost'))
    expect(await store.get(['a'])).toBeUndefined()
    await store.set(['a'], 'new')
    expect(await openStore(file).get(['a'])).toBe('new')
  })
})
