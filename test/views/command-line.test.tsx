import { expect, test } from 'bun:test'
import { CommandLine } from '../../views/fragments/command-line.tsx'
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
