import { expect, test } from 'bun:test'
import { endAfter } from './ending.ts'
import { freePort } from './ports.ts'

const ASK = `import { freePort } from ${JSON.stringify(import.meta.resolve('./ports.ts'))}
console.log(JSON.stringify(await Promise.all(Array.from({ length: 40 }, freePort))))
await Bun.stdin.text()`

test('no two processes that ask at once are given the same port, and all are below the range of outgoing connections', async () => {
  const askers = Array.from({ length: 4 }, () => Bun.spawn([process.execPath, '-e', ASK], { stdio: ['pipe', 'pipe', 'inherit'] }))
  endAfter('test', () => askers.forEach((asker) => asker.kill('SIGKILL')))
  const answers = await Promise.all(askers.map(async ({ stdout }) => (await stdout.getReader().read()).value))
  const ports = answers.flatMap((answer) => JSON.parse(new TextDecoder().decode(answer)) as number[])
  expect(ports).toHaveLength(160)
  expect(new Set(ports).size).toBe(160)
  expect(Math.max(...ports)).toBeLessThan(32_768)
})

test('a port can be listened on at once, on one address or all', async () => {
  for (const hostname of ['127.0.0.1', '0.0.0.0', '::']) {
    const server = Bun.serve({ hostname, port: await freePort(), fetch: () => new Response('here') })
    expect(await (await fetch(`http://localhost:${server.port}`)).text()).toBe('here')
    await server.stop(true)
  }
})
