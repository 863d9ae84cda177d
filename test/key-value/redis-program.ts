import { secret } from '../../src/config/secret.ts'
import { openRedisKeyValue } from '../../src/key-value/redis.ts'
import { obey } from './obey.ts'

const [kind, ...urls] = process.argv.slice(2)
const [url = ''] = urls

await obey(
  await openRedisKeyValue({
    redis: kind === 'cluster' ? { kind, urls: urls.map(secret) } : { kind: 'single', url: secret(url) },
  }),
)
