import { expect, test } from 'bun:test'
import { firstEventCommand } from '../../views/pages/onboarding.tsx'
import { KnownEvent } from '../../src/domain/events/event.ts'

/** What a shell hands to curl when the command is pasted. */
async function pasted(origin: string): Promise<string[]> {
  const shell = Bun.spawn(['sh', '-c', `curl() { printf '%s\\n' "$@"; }\n${firstEventCommand(origin)}`], { stdout: 'pipe', stderr: 'pipe' })
  const [output, errors] = await Promise.all([new Response(shell.stdout).text(), new Response(shell.stderr).text()])
  expect(errors).toBe('')
  return output.trimEnd().split('\n')
}

test('the first command works when pasted', async () => {
  const words = await pasted('http://localhost:5000')
  expect(words).toContain('http://localhost:5000/api/v1/projects/my-project/events')
  const event = KnownEvent.parse(JSON.parse(words.at(-1)!))
  expect(event).toEqual({ type: 'workflow_transition', old_state: 'IDLE', new_state: 'BACKLOG_READY' })
})

test.each(['http://[::1]:5000', "http://evil';touch x;'", 'http://a b', 'http://$(touch x)', 'http://`x`'])(
  '%s stays one word',
  async (origin) => {
    expect(await pasted(origin)).toContain(`${origin}/api/v1/projects/my-project/events`)
  },
)
