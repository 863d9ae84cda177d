import { expect, test } from 'bun:test'
import { openRedisLog } from '../../src/event-log/redis/redis.ts'
import { startRedis } from '../support/redis.ts'
import { endAfter } from '../support/ending.ts'
import { shipped } from '../support/shipped-file.ts'
import { withSecrets } from './named-log.ts'

async function warningsWith(args: string[], settings: [string, string][] = []): Promise<string[]> {
  const server = await startRedis({ args })
  for (const [setting, value] of settings) await server.cli('config', 'set', setting, value)
  const log = await openRedisLog({ redis: withSecrets({ kind: 'single', url: server.url }) })
  endAfter('test', () => log.close())
  return log.check()
}

test('a server that keeps everything gives no reason to warn', async () => {
  expect(await warningsWith([])).toEqual([])
})

test('the settings that we ship give none either', async () => {
  const lines = shipped('config/redis/redis.conf').split('\n')
  const durable = lines.filter((line) => /^(append|maxmemory|save)/.test(line))
  const args = durable.flatMap((line) => line.split(' ').map((part, index) => (index === 0 ? `--${part}` : part.replaceAll('"', ''))))
  expect(await warningsWith(args)).toEqual([])
})

test('whatever may lose what was acknowledged is named, with what to set', async () => {
  expect(await warningsWith(['--appendonly', 'no'])).toEqual([expect.stringContaining('set appendonly yes')])
  expect(await warningsWith(['--appendfsync', 'everysec'])).toEqual([expect.stringContaining('the last second')])
  expect(await warningsWith([], [['maxmemory-policy', 'allkeys-lru']])).toEqual([expect.stringContaining('noeviction')])
})

test('a server that does not tell its settings is said to be unchecked', async () => {
  expect(await warningsWith(['--rename-command', 'CONFIG', ''])).toEqual([expect.stringContaining('does not tell its settings')])
})
