import { openSqliteKeyValue } from '../../src/key-value/sqlite.ts'
import { obey } from './obey.ts'

await obey(openSqliteKeyValue({ file: process.argv[2] ?? '' }))
