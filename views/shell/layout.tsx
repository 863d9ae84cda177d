import { raw } from 'hono/html'
import type { FC, PropsWithChildren } from 'hono/jsx'
import type { AttentionWord } from '../../src/domain/summary/attention.ts'
import { type AttentionCounts, pageTitle } from '../overview/attention-counts.tsx'
import { KeysHelp } from './keys-help.tsx'
import type { PageTrouble } from './live-pill.tsx'
import { ShownAt } from '../atoms/part-link.tsx'
import type { ShownViewer } from './who-am-i.tsx'
import { Palette } from './palette.tsx'
import { CsrfToken } from './csrf-field.tsx'
import { TopBar } from './top-bar.tsx'

export type Theme = 'light' | 'dark'

/** What every page is told about the request it answers. */
export type Frame = {
  counts: AttentionCounts
  now: number
  csrf?: string | undefined
  theme?: Theme | undefined
  density?: 'compact' | 'detailed' | undefined
  viewer?: ShownViewer | undefined
  /** The socket that keeps the page current; a page without one says how old it is. */
  live?: { path: string; lastEventAt?: number | undefined } | undefined
  trouble?: PageTrouble | undefined
  isPast?: boolean | undefined
  at?: string | undefined
  attentionPath?: string | undefined
  /** How long a websocket may be silent before the page says so; after twice as long it takes it for lost. */
  silenceSeconds?: number | undefined
  /** What markup, script and style the page is made of: frames of another build are not for it. */
  build?: string | undefined
  /** The address of a static file, with its content hash. */
  asset?: (file: string) => string
  /** No sign-in, and reachable from other machines: whoever looks should know. */
  isOpenToOthers?: boolean
  /** For readers without script: how often the page loads itself again. */
  refreshSeconds?: number | undefined
  refreshTo?: string | undefined
}

type LayoutProps = PropsWithChildren<
  Frame & {
    title: string
    description?: string
    searchText?: string | undefined
    currentAttention?: AttentionWord | undefined
    scripts?: readonly string[]
  }
>

const HTMX_CONFIG = '{"defaultSettleDelay":0,"history":false,"includeIndicatorCSS":false,"morphIgnore":["data-htmx-powered","open"]}'

/** The whole document around a page. Nothing inline: the content security policy allows no script and no style of that kind. */
export const Layout: FC<LayoutProps> = (props) => (
  <>
    {raw('<!DOCTYPE html>')}
    <html lang="en" {...(props.theme ? { 'data-theme': props.theme } : {})} {...(props.density ? { 'data-density': props.density } : {})}>
      <Head {...props} />
      <body data-silence-seconds={props.silenceSeconds} data-build={props.build} data-csrf={props.csrf}>
        <CsrfToken.Provider value={props.csrf}>
          <a class="skip" href="#main">
            Skip to content
          </a>
          {props.attentionPath ? <div data-live={props.attentionPath} data-attention-socket hidden /> : null}
          {props.isOpenToOthers ? <p class="open-warning">Open to everyone who reaches this address: there is no sign-in.</p> : null}
          <TopBar
            counts={props.counts}
            now={props.now}
            live={props.live}
            trouble={props.trouble}
            isPast={props.isPast}
            viewer={props.viewer}
            searchText={props.searchText}
            currentAttention={props.currentAttention}
          />
          <div id="page" data-live={props.live?.path}>
            <main id="main" tabindex={-1}>
              <ShownAt.Provider value={props.at}>{props.children}</ShownAt.Provider>
            </main>
          </div>
          <Footer />
          <KeysHelp />
          <Palette />
          <div id="announcements" class="visually-hidden" role="status" aria-live="polite" />
        </CsrfToken.Provider>
      </body>
    </html>
  </>
)

const plainAsset = (file: string) => `/static/${file}`

export const Head: FC<LayoutProps> = ({ title, description, counts, refreshSeconds, refreshTo, scripts = [], asset = plainAsset }) => (
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>{pageTitle(title, counts)}</title>
    <meta name="description" content={description ?? 'Where many software projects stand, live.'} />
    <meta name="color-scheme" content="light dark" />
    <meta name="htmx-config" content={HTMX_CONFIG} />
    <link rel="icon" href={asset('icon.svg')} type="image/svg+xml" />
    <link rel="stylesheet" href={asset('app.css')} />
    {['app.js', ...scripts].map((file) => (
      <script src={asset(file)} type="module" />
    ))}
    {['htmx.js', 'hx-upsert.js'].map((file) => (
      <script src={asset(file)} defer />
    ))}
    {refreshSeconds ? (
      <noscript>
        <meta http-equiv="refresh" content={refreshTo === undefined ? String(refreshSeconds) : `${refreshSeconds}; url=${refreshTo}`} />
      </noscript>
    ) : null}
  </head>
)

const Footer: FC = () => (
  <footer class="foot">
    <button class="foot__item needs-script foot__keys" type="button" data-keys-help>
      <kbd aria-hidden="true">?</kbd> Keyboard
    </button>
    <button class="foot__item needs-script" type="button" data-utc-toggle aria-pressed="false">
      Times in UTC
    </button>
    <a class="foot__item foot__wall" href="/?tv=1">
      Wall
    </a>
  </footer>
)
