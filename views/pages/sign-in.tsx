import { raw } from 'hono/html'
import type { FC, PropsWithChildren } from 'hono/jsx'
import { visibleText } from '../atoms/foreign-text.tsx'
import { NO_COUNTS } from '../overview/attention-counts.tsx'
import { Head, type Theme } from '../shell/layout.tsx'
import { Logo, ThemeToggle } from '../shell/top-bar.tsx'

/** What a page is told that shows nothing of any project. */
export type DoorFrame = {
  asset: (file: string) => string
  build: string
  theme: Theme | undefined
  /** The session would go over plain http. */ isPlain?: boolean | undefined
}

/** A page in front of the service: no counts, no search, nothing that tells what is inside. */
export const Door: FC<PropsWithChildren<DoorFrame & { title: string }>> = ({ title, asset, build, theme, children }) => (
  <>
    {raw('<!DOCTYPE html>')}
    <html lang="en" {...(theme ? { 'data-theme': theme } : {})}>
      <Head title={title} counts={NO_COUNTS} now={0} asset={asset} />
      <body data-build={build}>
        <a class="skip" href="#main">
          Skip to content
        </a>
        <header class="top top--bare">
          <a class="top__brand" href="/">
            <Logo />
            <span>Visualizer</span>
          </a>
          <div class="top__tools">
            <ThemeToggle />
          </div>
        </header>
        <div id="page">
          <main id="main" tabindex={-1} class="door">
            {children}
          </main>
        </div>
      </body>
    </html>
  </>
)

const Notice: FC<PropsWithChildren> = ({ children }) => (
  <p class="door__notice" role="alert">
    {children}
  </p>
)

const Foot: FC<PropsWithChildren<{ isPlain: boolean | undefined }>> = ({ isPlain, children }) => (
  <p class="door__foot">
    {children}
    {isPlain
      ? ' Over http the session’s cookie goes without the protection of its __Host- name: use https where others share the network.'
      : null}
  </p>
)

const AUDITED = 'Each sign-in is written to the audit log: when, from which address, with what result.'

type SignInProps = DoorFrame & {
  to: string
  problem?: string | undefined
  needsHttps?: boolean
  /** Another way in, such as an identity provider; `isAway` when it does not answer. */
  provider?: { name: string; href: string; isAway: boolean } | undefined
}

/** GET /login */
export const SignInPage: FC<SignInProps> = ({ to, problem, needsHttps, provider, ...frame }) => (
  <Door {...frame} title="Sign in">
    {problem ? <Notice>{problem}</Notice> : null}
    {needsHttps ? (
      <Notice>Open this service by https: its session cookie is for https alone, so signing in here would not last.</Notice>
    ) : null}
    {provider?.isAway ? <Notice>{visibleText(provider.name, 100)} does not answer; who is signed in stays so.</Notice> : null}
    <div class="door__card">
      <div>
        <h1>Sign in</h1>
        <p class="door__lead">
          {to === '/' ? 'Then you see the projects that you may see.' : 'Then you go back to the page you asked for.'}
        </p>
      </div>
      {provider ? (
        <>
          <a class="button button--ink door__wide" href={provider.href}>
            Continue at {visibleText(provider.name, 100)}
          </a>
          <p class="door__or">or with a link</p>
        </>
      ) : null}
      <form class="door__field" method="post" action="/login">
        <input type="hidden" name="to" value={to} />
        <label for="link">Sign-in link or code</label>
        <input id="link" name="link" required maxlength={2_000} autocomplete="off" placeholder="Paste it here" />
        <button class="button" type="submit">
          Go on
        </button>
        <p>
          Works once, for 15 minutes. The first one stands in the log and in the terminal; more come from{' '}
          <code class="door__command">visualizer sign-in-link</code>.
        </p>
      </form>
    </div>
    <Foot isPlain={frame.isPlain}>{AUDITED}</Foot>
  </Door>
)

type LinkProps = DoorFrame & {
  link: { name: string; role: string; projects: readonly string[]; by: string; endsAt: number }
  code: string
  to: string
  session: { isPermanent: boolean; idleMinutes: number }
}

/** GET /login?link=…: nothing is done before the button is pressed. */
export const SignInWithLinkPage: FC<LinkProps> = ({ link, code, to, session, ...frame }) => (
  <Door {...frame} title="Sign in with this link">
    <div class="door__card">
      <div>
        <h1>Sign in with this link</h1>
        <p class="door__lead">It works once. Nothing is done before you press the button.</p>
      </div>
      <dl class="door__facts">
        <dt>As</dt>
        <dd>
          <strong>
            <bdi>{visibleText(link.name, 100)}</bdi>
          </strong>
        </dd>
        <dt>Role</dt>
        <dd>{visibleText(link.role, 60)}</dd>
        <dt>Projects</dt>
        <dd>{link.projects.join() === '*' ? 'all' : visibleText(link.projects.join(', '), 400)}</dd>
        <dt>Made by</dt>
        <dd>
          <bdi>{visibleText(link.by, 100)}</bdi>, good until <Clock at={link.endsAt} />
        </dd>
        <dt>Session</dt>
        <dd>{sessionWords(session)}</dd>
      </dl>
      <form class="door__ways" method="post" action="/login">
        <input type="hidden" name="to" value={to} />
        <input type="hidden" name="link" value={code} />
        <button class="button button--ink door__wide" type="submit">
          Sign in as {visibleText(link.name, 60)}
        </button>
        <button class="button door__wide" type="submit" name="not-mine" value="1">
          This is not for me
        </button>
      </form>
    </div>
    <Foot isPlain={frame.isPlain}>“This is not for me” makes the link useless. {AUDITED}</Foot>
  </Door>
)

const Clock: FC<{ at: number }> = ({ at }) => {
  const iso = new Date(at).toISOString()
  return <time datetime={iso}>{iso.slice(11, 16)} UTC</time>
}

function sessionWords({ isPermanent, idleMinutes }: LinkProps['session']): string {
  const idle = idleMinutes % 60 === 0 ? `${idleMinutes / 60} h` : `${idleMinutes} min`
  return isPermanent ? `ends after ${idle} without use` : `ends with the browser, or after ${idle} without use`
}

/** Signed in; the browser goes on by itself. */
export const SignedInPage: FC<DoorFrame & { to: string }> = ({ to, ...frame }) => (
  <Door {...frame} title="Signed in">
    <div class="door__card">
      <h1>You are signed in</h1>
      <a class="button button--ink door__wide" href={to}>
        Go on
      </a>
    </div>
  </Door>
)

type SignedOutProps = DoorFrame & {
  provider: { name: string; href: string } | undefined
}

/** GET /signed-out, and what POST /logout answers where a provider has a session of its own. */
export const SignedOutPage: FC<SignedOutProps> = ({ provider, ...frame }) => (
  <Door {...frame} title="Signed out">
    <div class="door__card">
      <div>
        <h1>You are signed out</h1>
        <p class="door__lead">Pages that are still open elsewhere with this session close within 5 seconds.</p>
      </div>
      {provider ? (
        <a class="button button--ink door__wide" href={provider.href}>
          Sign out at {visibleText(provider.name, 100)} too
        </a>
      ) : (
        <a class="button button--ink door__wide" href="/login">
          Sign in again
        </a>
      )}
    </div>
  </Door>
)

/** For requests that change something, after the session has ended: nothing of it was done. */
export const SessionEndedPage: FC<DoorFrame & { to: string }> = ({ to, ...frame }) => (
  <Door {...frame} title="Sign in again">
    <div class="door__card">
      <div>
        <h1>Your session has ended</h1>
        <p class="door__lead">Nothing was changed by what you just sent. Sign in, and send it again.</p>
      </div>
      <a class="button button--ink door__wide" href={to === '/' ? '/login' : `/login?to=${encodeURIComponent(to)}`}>
        Sign in
      </a>
    </div>
  </Door>
)

/** An error in front of the service. */
export const OutsidePage: FC<DoorFrame & { title: string; message: string }> = ({ title, message, ...frame }) => (
  <Door {...frame} title={title}>
    <div class="door__card">
      <div>
        <h1>{title}</h1>
        <p class="door__lead">
          <bdi>{visibleText(message, 400)}</bdi>
        </p>
      </div>
      <a class="button button--ink door__wide" href="/">
        Begin at the start
      </a>
    </div>
  </Door>
)
