import { expect, test } from 'bun:test'
import { ForeignText, visibleText } from '../../views/atoms/foreign-text.tsx'

const htmlOf = (text: string, limit?: number) => String(<ForeignText text={text} {...(limit ? { limit } : {})} />)

test('code stays code where it is cut: no backtick is left over', () => {
  const html = htmlOf(`asks: run \`echo ${'a'.repeat(300)} end\` now?`, 60)
  expect(html).not.toContain('`')
  expect(html.match(/<code dir="ltr">/g)).toHaveLength(2)
  for (let limit = 8; limit < 60; limit++)
    expect(htmlOf('run `npm test` and then `npm run build` please, or not', limit)).not.toContain('`')
})

test('a text that was shortened before has one ellipsis', () => {
  expect(htmlOf(`${'word '.repeat(30)}… ${'more '.repeat(30)}`, 40).split('…')).toHaveLength(2)
  expect(visibleText(`${'word '.repeat(7)}… ${'more '.repeat(30)}`, 50)).not.toMatch(/…\s*…/)
})

test('code reads from left to right in any text', () => {
  expect(htmlOf('שלום `/rm -rf build` עכשיו')).toBe('<bdi>שלום <code dir="ltr">/rm -rf build</code> עכשיו</bdi>')
})

test('a mark tells what it stands for, and no text can make one', () => {
  const told = 'Cannot be seen: U+200B'
  expect(htmlOf('a\u200bb')).toBe(
    `<bdi>a<span class="unseen" role="img" aria-label="${told}" title="${told}" data-name="U+200B">¤</span>b</bdi>`,
  )
  expect(htmlOf('\ufdd0x\ufdd2" onclick="y\ufdd1')).not.toContain('data-name="&quot;')
  expect(visibleText('tab\u3164 title')).toBe('tab¤ title')
})
