import { createHash, randomUUID } from 'node:crypto'
import { ReplayPage } from '../../views/pages/replay.tsx'
import { joinStylesheet } from '../stylesheet.ts'
import type { Period } from './replay-source.ts'
import type { ReplayDocument } from './write-replay.ts'

type DocumentFacts = ReplayParts & { project: string; version: string; exportedAt: number; period: Period }

/** The document of a replay. Its policy allows its own style and script by hash, and no network. */
export function replayDocument({ style, script, icon, period, ...about }: DocumentFacts): ReplayDocument {
  const policy = [
    `default-src 'none'`,
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    'img-src data:',
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ')
  return ({ first, last, moments, events, marks, sections, markup }) => {
    // Random, so that foreign text cannot contain them.
    const here = { pieces: randomUUID(), moments: randomUUID() }
    const index = { sections, marks, from: first.at, offset: period.first }
    const html = String(
      <ReplayPage
        {...about}
        brought={{ style, script, icon, policy }}
        {...{ moments, events, markup, here, index: inElement(index) }}
        from={first.at}
        to={last.at}
      />,
    )
    const [before = '', rest = ''] = html.split(here.pieces)
    const [between = '', after = ''] = rest.split(here.moments)
    return { before, between, after }
  }
}

const hashOf = (text: string) => `sha256-${createHash('sha256').update(text).digest('base64')}`

/** JSON that cannot close its element. */
const inElement = (value: unknown) => JSON.stringify(value).replaceAll('<', String.raw`\u003c`)

const here = (path: string) => new URL(`../../${path}`, import.meta.url).pathname

type ReplayParts = { style: string; script: string; /** As an address that holds the picture itself. */ icon: string }

/** Reads style and script, and bundles the script. */
export async function loadReplayParts(): Promise<ReplayParts> {
  const style = await joinStylesheet(new URL('../../static/replay.css', import.meta.url))
  const icon = await Bun.file(here('static/icon.svg')).text()
  const { outputs } = await Bun.build({ entrypoints: [here('static/replay.js')], target: 'browser', minify: true })
  const script = (await outputs[0]?.text()) ?? ''
  return {
    style,
    // It would close the script element.
    script: script.trim().replaceAll('</script', String.raw`<\/script`),
    icon: `data:image/svg+xml;base64,${btoa(icon)}`,
  }
}
