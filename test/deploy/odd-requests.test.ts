import { beforeAll, describe, expect, test } from 'bun:test'
import { eventually } from '../support/eventually.ts'
import { ODD_REQUESTS } from '../support/odd-requests.ts'
import { freePort } from '../support/ports.ts'
import { type Proxy, startComposeNginx, startHaproxy, startNginx } from '../support/proxies.ts'
import { firstAnswer } from '../support/raw-http.ts'
import { report } from '../support/report.ts'
import { startServer } from '../support/server.ts'

/** Whoever signed the certificate of a test. */
const UNSIGNED = { tls: { rejectUnauthorized: false } }
const SERVED = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PATCH', 'DELETE']
/** So many go to each of the servers in turn. */
const OTHERS = 4

const server = (env: Record<string, string> = {}, port?: number) =>
  startServer({ env: { ALLOW_OPEN: 'true', ...env }, lifetime: 'file', ...(port === undefined ? {} : { port }) })

type Start = (ports: number[], lifetime: 'file') => Promise<Proxy>

async function twoServers() {
  const servers = [await server(), await server()]
  for (const each of servers) await report(each, 'apollo', { type: 'x-step' })
  return servers
}

const portsOf = (servers: readonly { port: number }[]) => servers.map(({ port }) => port)
const behindTwo = async (start: Start) => start(portsOf(await twoServers()), 'file')

async function behindReplicas() {
  const replicas = await server({ HOST: '0.0.0.0' }, await freePort())
  await report(replicas, 'apollo', { type: 'x-step' })
  return startComposeNginx(replicas.port, ['127.0.0.2', '127.0.0.3'], 'file')
}

/** What others are answered meanwhile, several at once. */
function othersAnswers({ url }: Proxy): Promise<number[]> {
  const one = async (path: string) => (await fetch(`${url}${path}`, UNSIGNED)).status
  return Promise.all(Array.from({ length: OTHERS }, (_, index) => one(index % 2 === 0 ? '/health' : '/api/v1/projects')))
}

const answersHealth = async ({ url }: Proxy) => (await fetch(`${url}/health`, UNSIGNED)).ok

describe.each([
  ['nginx', () => behindTwo(startNginx)],
  ['nginx of the compose file', behindReplicas],
  ['HAProxy', () => behindTwo(startHaproxy)],
] as const)('security 28: behind the shipped %s', (_, start) => {
  let proxy: Proxy
  beforeAll(async () => {
    proxy = await start()
    await eventually(() => answersHealth(proxy), { withinMs: 15_000 })
  }, 60_000)

  test('no odd request of one takes the service away from others', async () => {
    const hurt: (readonly [string, number[]])[] = []
    for (const [name, bytes] of ODD_REQUESTS) {
      await firstAnswer(proxy.url, bytes)
      const answers = await othersAnswers(proxy)
      if (answers.some((status) => status !== 200)) hurt.push([name, answers])
    }
    expect(hurt).toEqual([])
  }, 120_000)

  test('nor do many of them at once, meanwhile', async () => {
    let isOver = false
    const odd = Promise.all(ODD_REQUESTS.map(([, bytes]) => firstAnswer(proxy.url, bytes))).finally(() => (isOver = true))
    const answers: number[] = []
    while (!isOver) answers.push(...(await othersAnswers(proxy)))
    await odd
    answers.push(...(await othersAnswers(proxy)))
    expect(answers.filter((status) => status !== 200)).toEqual([])
  }, 60_000)

  test('an answer that leads to a long address arrives', async () => {
    const long = `x=${'a'.repeat(3_900)}`
    for (let index = 0; index < OTHERS; index += 1) {
      const { status, headers } = await fetch(`${proxy.url}/projects/APOLLO?${long}`, { ...UNSIGNED, redirect: 'manual' })
      expect([status, headers.get('location')]).toEqual([301, `/projects/apollo?${long}`])
    }
  })

  test('a method that nothing serves is answered 405, with those that are served', async () => {
    for (const method of ['FOO', 'PROPFIND', 'PURGE', 'QUERY']) {
      const answer = await firstAnswer(proxy.url, `${method} / HTTP/1.1\r\nHost: localhost\r\n\r\n`)
      expect([method, answer.slice(0, 12), /^allow: (.*)$/im.exec(answer)?.[1]?.trim()]).toEqual([
        method,
        'HTTP/1.1 405',
        SERVED.toSorted().join(', '),
      ])
      expect(answer.toLowerCase()).toContain('strict-transport-security: ')
    }
    for (const method of SERVED) {
      const answer = await firstAnswer(proxy.url, `${method} /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n`)
      expect([method, /^x-request-id: /im.test(answer)]).toEqual([method, true])
    }
  })
})

test.each([
  ['nginx', startNginx],
  ['HAProxy', startHaproxy],
] as const)(
  '%s asks the other server where one is gone',
  async (_, start) => {
    const servers = await twoServers()
    const proxy = await start(portsOf(servers), 'file')
    await eventually(() => answersHealth(proxy), { withinMs: 15_000 })
    await servers[0]?.kill()
    const answers: number[] = []
    for (let turn = 0; turn < 10; turn += 1) answers.push(...(await othersAnswers(proxy)))
    expect(answers.filter((status) => status !== 200)).toEqual([])
    await servers[0]?.restart()
    expect(await othersAnswers(proxy)).toEqual(Array.from({ length: OTHERS }, () => 200))
  },
  60_000,
)
