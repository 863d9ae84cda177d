import { z } from 'zod'
import { ProjectName } from './schema-projects.ts'

/** Safe in metrics, logs and element ids. */
export const OrchestratorName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'use 1 to 63 letters, digits, dots, dashes or underscores, beginning with a letter or digit')

const SocketUrl = z
  .string()
  .max(2048)
  .superRefine((text, context) => {
    const reason = socketUrlProblem(text)
    if (reason !== undefined) context.addIssue({ code: 'custom', message: reason })
  })

/** The reasons never repeat the address: it may hold a password. */
function socketUrlProblem(text: string): string | undefined {
  const url = URL.parse(text)
  if (url === null) return 'must be an address such as ws://localhost:8080'
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') return `must begin with ws:// or wss://, not ${url.protocol}//`
  if (url.username !== '' || url.password !== '') return 'must not hold a user name or password; put a credential in token'
  if (url.hash !== '') return 'must not have a fragment (#…)'
  return undefined
}

export const Orchestrator = z.strictObject({
  url: SocketUrl.describe('Its websocket address, ws:// or wss://. Use wss:// with a token.'),
  projects: z
    .array(ProjectName)
    .min(1)
    .max(10_000)
    .optional()
    .describe('The projects it may report on; reports on others are dropped. Without it, every valid name that it reports.'),
  token: z.string().min(1).max(4096).optional().describe('Sent as bearer token when connecting. Never shown.'),
})

export const Orchestrators = z
  .record(OrchestratorName, Orchestrator)
  .describe('The programs that drive projects; the service connects to each.')
