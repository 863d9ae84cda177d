import { ReplyError } from 'ioredis'
import { z } from 'zod'
import type { RedisConnection } from '../../redis/connect.ts'
import { isCluster } from '../../redis/script.ts'
import { LogUnavailableError } from '../event-log.ts'
import { answered } from './failure.ts'
import { countLostBuckets, findDamaged } from './read.ts'

const Pair = z.tuple([z.string(), z.string()]).rest(z.string())

type SettingRule = { setting: string; isGood(value: string): boolean; sentence: string }

const RULES: SettingRule[] = [
  {
    setting: 'appendonly',
    isGood: (value) => value === 'yes',
    sentence: 'Redis keeps no append-only file: what was acknowledged is lost when the server dies; set appendonly yes',
  },
  {
    setting: 'appendfsync',
    isGood: (value) => value === 'always',
    sentence:
      'Redis does not sync each write: what was acknowledged in the last second may be lost when the server dies; set appendfsync always',
  },
  {
    setting: 'maxmemory-policy',
    isGood: (value) => value === 'noeviction',
    sentence: 'Redis may evict keys when its memory is full, and events with them; set maxmemory-policy noeviction',
  },
]

const CLUSTER_RULES: SettingRule[] = [
  {
    setting: 'cluster-require-full-coverage',
    isGood: (value) => value === 'no',
    sentence: 'the Cluster answers nothing while one of its masters is away; set cluster-require-full-coverage no',
  },
]

async function checkServers(connection: RedisConnection): Promise<string[]> {
  const lost = await countLostBuckets(connection)
  const servers = isCluster(connection) ? connection.nodes('master') : [connection]
  const rules = isCluster(connection) ? [...RULES, ...CLUSTER_RULES] : RULES
  const warnings = new Set<string>()
  if (lost > 0) warnings.add(`a master of the Redis Cluster does not answer: ${lost} of 64 parts of the log are away`)
  for (const server of servers) {
    const values = await Promise.all(rules.map(({ setting }) => readSetting(server, setting)))
    for (const [index, { sentence, isGood }] of rules.entries()) {
      const value = values[index]
      if (typeof value === 'string' && !isGood(value)) warnings.add(sentence)
    }
    // Managed servers often forbid CONFIG.
    if (values.includes(null)) {
      warnings.add('Redis does not tell its settings (CONFIG GET): see to appendonly yes, appendfsync always, maxmemory-policy noeviction')
    }
  }
  return [...warnings]
}

const LOOK_MS = 60_000
const NAMES_SHOWN = 5

/** Checks the servers' settings each time, and the projects' events now and then. */
export function openCheck(): (connection: RedisConnection) => Promise<string[]> {
  let damage: string[] = []
  let lookedAt = -Infinity
  return async (connection) => {
    const warnings = await checkServers(connection)
    if (damage.length > 0 || performance.now() - lookedAt > LOOK_MS) {
      lookedAt = performance.now()
      damage = describeDamage(await findDamaged(connection))
    }
    return [...warnings, ...damage]
  }
}

function describeDamage(names: string[]): string[] {
  if (names.length === 0) return []
  const shown = names.toSorted().slice(0, NAMES_SHOWN).join(', ')
  const count = names.length > NAMES_SHOWN ? `${shown} and ${names.length - NAMES_SHOWN} more` : shown
  return [
    `reports of ${count} are refused: events are missing that Redis should hold; stop the program and restore a backup, or purge them`,
  ]
}

/** Null where the server refuses to tell, undefined where it is away. */
async function readSetting(server: Pick<RedisConnection, 'config'>, setting: string): Promise<string | null | undefined> {
  try {
    return Pair.safeParse(await answered(server.config('GET', setting))).data?.[1] ?? null
  } catch (error) {
    const refusal = error instanceof LogUnavailableError ? error.cause : error
    return refusal instanceof ReplyError ? null : undefined
  }
}
