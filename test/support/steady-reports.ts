export type Acknowledged = { id: string; epoch: string; offset: number }

export type ReportsOptions = {
  /** Where to report, in turn; a proxy, or every instance. */
  urls: readonly string[]
  projects: readonly string[]
  /** Events a second, over all projects. */
  perSecond: number
  /** What the ids begin with: two reporters of one log need two. */
  prefix?: string
  /** How long one report is tried again before it counts as failed. */
  patienceMs?: number
}

export type SteadyReports = {
  /** By project, in the order of the answers. */
  acknowledged: ReadonlyMap<string, readonly Acknowledged[]>
  /** What was answered, or why nothing was: how often. */
  answers: ReadonlyMap<string, number>
  /** How many were acknowledged so far. */
  count(): number
  /** Sends nothing new, and resolves once everything that was sent is acknowledged; rejects when something never was. */
  stop(): Promise<void>
}

const AGAIN_MS = 100
/** Reports of one project under way at once: where answers are late, new ones wait, and hold up no other project. */
const AT_ONCE = 20
const STATES = ['design', 'test_red', 'code_green', 'refactor', 'commit']

/** Reports at a steady pace, each on a connection of its own, and again with the same id until it is acknowledged. */
export function reportSteadily(options: ReportsOptions): SteadyReports {
  const { urls, projects, perSecond, prefix = 'r', patienceMs = 60_000 } = options
  const acknowledged = new Map<string, Acknowledged[]>(projects.map((project) => [project, []]))
  const answers = new Map<string, number>()
  const sending = new Map<string, Set<Promise<void>>>(projects.map((project) => [project, new Set()]))
  const failures: unknown[] = []
  let sent = 0

  const timer = setInterval(() => {
    const number = sent++
    const project = projects[number % projects.length] ?? ''
    const underWay = sending.get(project)
    if (!underWay || underWay.size >= AT_ONCE) return
    const one = send(project, number)
      .catch((error: unknown) => void failures.push(error))
      .finally(() => underWay.delete(one))
    underWay.add(one)
  }, 1_000 / perSecond)

  async function send(project: string, number: number) {
    const id = `${prefix}-${number}`
    const deadline = performance.now() + patienceMs
    for (let attempt = 0; ; attempt++) {
      const url = urls[(number + attempt) % urls.length] ?? ''
      const answer = await post(`${url}/api/v1/projects/${project}/events`, eventOf(id, number))
      const word = typeof answer === 'string' ? answer : String(answer.status)
      answers.set(word, (answers.get(word) ?? 0) + 1)
      if (typeof answer !== 'string' && answer.status === 202) {
        acknowledged.get(project)?.push({ id, ...((await answer.json()) as { epoch: string; offset: number }) })
        return
      }
      if (performance.now() > deadline) throw new Error(`${id} was never acknowledged; the last answer was ${word}`)
      await Bun.sleep(AGAIN_MS)
    }
  }

  return {
    acknowledged,
    answers,
    count: () => [...acknowledged.values()].reduce((sum, all) => sum + all.length, 0),
    async stop() {
      clearInterval(timer)
      await Promise.all([...sending.values()].flatMap((underWay) => [...underWay]))
      if (failures.length > 0) throw new Error(failures.map(String).join('; '))
    },
  }
}

const eventOf = (id: string, number: number) => ({
  id,
  type: 'tdd_transition',
  story_id: `story-${number % 7}`,
  new_state: STATES[Math.floor(number / 7) % STATES.length],
})

async function post(url: string, event: object): Promise<Response | string> {
  try {
    return await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(event),
      keepalive: false,
      signal: AbortSignal.timeout(15_000),
      tls: { rejectUnauthorized: false },
    })
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error)
  }
}
