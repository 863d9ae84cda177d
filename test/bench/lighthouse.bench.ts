import { join } from 'node:path'
import { z } from 'zod'
import { within } from '../support/eventually.ts'
import { freePort } from '../support/ports.ts'
import { fillLog } from './filled-log.ts'
import { atLeast, atMost } from './measure.ts'
import type { Bench } from './run.ts'
import { benchFolder, startServer } from './server.ts'
import type { Cell } from './table.ts'

const PROJECTS = 200
const EVENTS_EACH = 100
const PERFORMANCE_AIM = 95
const ACCESSIBILITY_AIM = 100
const PAGE_AIM_KB = 100
const SCRIPT_AIM_KB = 40
const PATIENCE_MS = 90_000
const LIGHTHOUSE = join(import.meta.dir, '../../node_modules/lighthouse/cli/index.js')
const CHROMIUM_ARGS =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync'

const Request = z.object({ url: z.string(), resourceType: z.string().optional(), transferSize: z.number() })
const Report = z.object({
  runtimeError: z.object({ code: z.string(), message: z.string() }).optional(),
  categories: z.object({ performance: z.object({ score: z.number() }), accessibility: z.object({ score: z.number() }) }),
  audits: z.object({
    'largest-contentful-paint': z.object({ numericValue: z.number() }),
    'total-blocking-time': z.object({ numericValue: z.number() }),
    'cumulative-layout-shift': z.object({ numericValue: z.number() }),
    'network-requests': z.object({ details: z.object({ items: z.array(Request) }) }),
  }),
})

/** Opens the page in a Chromium of its own, with an empty cache, as the form factor sees it. */
async function judge(url: string, preset: 'desktop' | 'phone'): Promise<z.infer<typeof Report>> {
  const argv = [
    'node',
    LIGHTHOUSE,
    url,
    '--output=json',
    '--quiet',
    '--no-enable-error-reporting',
    '--only-categories=performance,accessibility',
  ]
  argv.push(`--chrome-flags=${CHROMIUM_ARGS}`, `--port=${await freePort()}`)
  if (preset === 'desktop') argv.push('--preset=desktop')
  const child = Bun.spawn(argv, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, CHROME_PATH: Bun.which('chromium') ?? '' },
    timeout: PATIENCE_MS,
  })
  const text = await within(PATIENCE_MS, 'Lighthouse', new Response(child.stdout).text())
  const { runtimeError, ...report } = Report.parse(JSON.parse(text))
  if (runtimeError) throw new Error(`Lighthouse could not open ${url}: ${runtimeError.message}`)
  return report
}

function rowOf(page: string, { categories, audits }: z.infer<typeof Report>): Cell[] {
  const requests = audits['network-requests'].details.items
  const kilobytes = (some: typeof requests) => some.reduce((sum, { transferSize }) => sum + transferSize, 0) / 1_000
  const scripts = kilobytes(requests.filter(({ resourceType }) => resourceType === 'Script'))
  const [performance, accessibility, total] = [
    100 * categories.performance.score,
    100 * categories.accessibility.score,
    kilobytes(requests),
  ]
  return [
    page,
    performance,
    atLeast(performance, PERFORMANCE_AIM, ''),
    accessibility,
    atLeast(accessibility, ACCESSIBILITY_AIM, ''),
    audits['largest-contentful-paint'].numericValue,
    audits['total-blocking-time'].numericValue,
    audits['cumulative-layout-shift'].numericValue,
    total,
    atMost(total, PAGE_AIM_KB, 'kB'),
    scripts,
    atMost(scripts, SCRIPT_AIM_KB, 'kB'),
  ]
}

export const lighthouse: Bench = {
  name: 'lighthouse',
  async run() {
    const dataDir = benchFolder()
    await fillLog(dataDir, { projects: PROJECTS, eventsEach: EVENTS_EACH })
    const server = await startServer(dataDir)
    try {
      const rows: Cell[][] = []
      const pages = [
        ['overview', '/'],
        ['project', '/projects/bench-7'],
      ] as const
      for (const [page, path] of pages) {
        for (const preset of ['desktop', 'phone'] as const) {
          rows.push(rowOf(`${page}, ${preset}`, await judge(server.url + path, preset)))
        }
      }
      return [
        {
          title: `Lighthouse, ${PROJECTS} projects of ${EVENTS_EACH} events, empty cache; kB as sent`,
          columns: ['page', 'performance', 'aim', 'accessibility', 'aim', 'LCP ms', 'TBT ms', 'CLS', 'all kB', 'aim', 'script kB', 'aim'],
          rows,
        },
      ]
    } finally {
      await server.end('SIGTERM')
    }
  },
}
