import { secret } from '../../src/config/secret.ts'
import { openRedisKeyValue } from '../../src/key-value/redis.ts'

/** Takes one lease, and says all that it was told. */
const store = await openRedisKeyValue({
  redis: { kind: 'single', url: secret(process.argv[2] ?? '') },
  onError: (error) => console.log(error, JSON.stringify(error)),
})
const [outcome] = await Promise.allSettled([store.acquire([['held']], 'me', 60_000)])
console.log(outcome)
await store.close()
