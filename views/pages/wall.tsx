import { raw } from 'hono/html'
import type { FC } from 'hono/jsx'
import { AttentionCountsBar } from '../overview/attention-counts.tsx'
import { LivePill } from '../shell/live-pill.tsx'
import { QuestionsLink } from '../shell/top-bar.tsx'
import { Wall, wallAfter, type WallProps } from '../overview/wall.tsx'
import { type Frame, Head } from '../shell/layout.tsx'

const TURN_SECONDS = 20

type WallPageProps = WallProps & Frame

/** GET /?tv=1 — for a screen on the wall that nobody touches: one screen without scrolling, which turns its pages by itself. */
export const WallPage: FC<WallPageProps> = (props) => {
  const { counts, now, live, trouble, theme, total, query } = props
  return (
    <>
      {raw('<!DOCTYPE html>')}
      <html lang="en" {...(theme ? { 'data-theme': theme } : {})}>
        <Head {...props} title="Wall" refreshSeconds={TURN_SECONDS} refreshTo={wallAfter(total, query)} />
        <body data-silence-seconds={props.silenceSeconds} data-turn-seconds={TURN_SECONDS} data-build={props.build}>
          {props.attentionPath ? <div data-live={props.attentionPath} data-attention-socket hidden /> : null}
          <div id="page" class="wall" data-live={live?.path}>
            <header class="wall__top">
              <WallClock now={now} />
              <AttentionCountsBar counts={counts} current={query.attention} />
            </header>
            <main id="main" tabindex={-1}>
              <h1 class="visually-hidden">Projects on the wall</h1>
              <Wall {...props} />
            </main>
            <footer class="wall__foot">
              <LivePill isLive={live !== undefined} lastEventAt={live?.lastEventAt} now={now} trouble={trouble} />
              {props.isOpenToOthers ? <span>Open to everyone who reaches this address: there is no sign-in.</span> : null}
              <a class="wall__leave" href="/">
                Leave the wall
              </a>
            </footer>
          </div>
          {/* What the counts' socket keeps current on every page has its place here, too. */}
          <div hidden>
            <QuestionsLink count={counts.needs_you} />
          </div>
          <div id="announcements" class="visually-hidden" role="status" aria-live="polite" />
        </body>
      </html>
    </>
  )
}

/** In UTC until the page's script puts it into the reader's zone. */
const WallClock: FC<{ now: number }> = ({ now }) => {
  const iso = new Date(now).toISOString()
  return (
    <p class="wall__clock">
      <time id="wall-clock" datetime={iso}>
        {iso.slice(11, 16)}
      </time>
      <span id="wall-date">{iso.slice(0, 10)} UTC</span>
    </p>
  )
}
