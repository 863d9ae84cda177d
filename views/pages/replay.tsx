import { raw } from 'hono/html'
import type { FC } from 'hono/jsx'
import { Moment, ReplayBar } from '../shell/replay-bar.tsx'
import { Logo, ThemeToggle } from '../shell/top-bar.tsx'
import { LivePill } from '../shell/live-pill.tsx'

type ReplayFacts = {
  project: string
  from: number
  to: number
  exportedAt: number
  events: number
  moments: number
  version: string
}

type ReplayPageProps = ReplayFacts & {
  /** Inlined parts, each allowed by its hash alone. */
  brought: { style: string; script: string; icon: string; policy: string }
  markup: string
  index: string
  /** Texts that stand where the packed parts go. */
  here: { pieces: string; moments: string }
}

/** A project's page in one file, at every moment of a period. It asks nothing of any network. */
export const ReplayPage: FC<ReplayPageProps> = (props) => (
  <>
    {raw('<!DOCTYPE html>')}
    <html lang="en">
      <Head {...props} />
      <body>
        <a class="skip" href="#main">
          Skip to content
        </a>
        <header class="top">
          <p class="top__brand">
            <Logo />
            <span>Visualizer</span>
          </p>
          <p class="replay__title">{props.project}, a replay</p>
          <div class="top__tools">
            <LivePill isLive={false} isPast now={props.to} />
            <ThemeToggle />
          </div>
        </header>
        <ReplayBar moments={props.moments} events={props.events} />
        <noscript>
          <p class="replay__plain">
            This is how {props.project} stood at the end of the period. Looking at its other moments needs script, which this browser does
            not run.
          </p>
        </noscript>
        <div id="page">
          <main id="main" tabindex={-1}>
            {raw(props.markup)}
          </main>
        </div>
        <About {...props} />
        <div id="announcements" class="visually-hidden" role="status" aria-live="polite" />
        <Brought {...props} />
      </body>
    </html>
  </>
)

const Head: FC<ReplayPageProps> = ({ project, brought }) => (
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content={brought.policy} />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>{`${project}, a replay · Visualizer`}</title>
    <meta name="description" content={`What happened in ${project}, moment by moment.`} />
    <meta name="color-scheme" content="light dark" />
    <meta name="referrer" content="no-referrer" />
    <link rel="icon" href={brought.icon} type="image/svg+xml" />
    <style>{raw(brought.style)}</style>
  </head>
)

const About: FC<ReplayPageProps> = ({ project, from, to, exportedAt, events, version }) => (
  <footer class="foot replay__about">
    <p>
      <strong>{project}</strong>, <Moment at={from} /> to <Moment at={to} />, {events.toLocaleString('en')}{' '}
      {events === 1 ? 'event' : 'events'}. Exported <Moment at={exportedAt} /> by Visualizer {version}.
    </p>
    <button class="foot__item needs-script" type="button" data-utc-toggle aria-pressed="false">
      Times in UTC
    </button>
    <details class="needs-script replay__keys">
      <summary>Keyboard</summary>
      <p>
        <kbd>Space</kbd> play or pause, <kbd>←</kbd> <kbd>→</kbd> one moment, <kbd>Shift</kbd> with them one mark, <kbd>Home</kbd>{' '}
        <kbd>End</kbd>, <kbd>-</kbd> <kbd>+</kbd> speed
      </p>
    </details>
  </footer>
)

/** Packed parts are base64 in elements that browsers do not run, so they cannot end them. */
const Brought: FC<ReplayPageProps> = ({ index, here, brought }) => (
  <>
    <script type="application/json" id="replay-index">
      {raw(index)}
    </script>
    <script type="text/plain" id="replay-pieces">
      {here.pieces}
    </script>
    <script type="text/plain" id="replay-moments">
      {here.moments}
    </script>
    <script type="module">{raw(brought.script)}</script>
  </>
)
