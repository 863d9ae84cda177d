import { CsrfField } from '../shell/csrf-field.tsx'
import type { FC } from 'hono/jsx'
import { visibleText } from '../atoms/foreign-text.tsx'
import { Clock, Since } from '../atoms/since.tsx'
import { type Frame, Layout } from '../shell/layout.tsx'

export type SessionRow = {
  hash: string
  browser: string
  from: string | undefined
  way: string
  begunAt: number
  seenAt: number
  endsAt: number
  isThis: boolean
}

export type TokenRow = {
  id: string
  name: string
  scopes: readonly string[]
  projects: readonly string[]
  createdAt: number
  createdBy: string
  usedAt: number | undefined
  endedAt: number | undefined
  revokedBy: string | undefined
}

/** A token that was just made: its text is shown this once. */
export type MadeToken = { name: string; text: string }

export type SettingsProps = Frame & {
  who: {
    name: string
    user: string
    may: readonly { role: string; projects: readonly string[] }[]
    groups: readonly string[]
    isSession: boolean
  }
  sessions: readonly SessionRow[]
  tokens: readonly TokenRow[] | undefined
  made?: MadeToken | undefined
  problem?: string | undefined
}

/** GET /settings: who somebody is here, where they are signed in, and the tokens of programs. */
export const SettingsPage: FC<SettingsProps> = ({ who, sessions, tokens, made, problem, ...frame }) => (
  <Layout {...frame} title="Settings">
    <header class="settings__head">
      <h1>Settings</h1>
      <p>
        <bdi>{visibleText(who.name, 100)}</bdi>, {mayWords(who.may)}
      </p>
    </header>
    {problem ? (
      <p class="settings__problem" role="alert">
        {visibleText(problem, 400)}
      </p>
    ) : null}
    <div class="settings">
      <You who={who} theme={frame.theme} isAdmin={tokens !== undefined} />
      {who.isSession ? <Sessions sessions={sessions} now={frame.now} /> : null}
      {tokens ? <Tokens tokens={tokens} made={made} now={frame.now} /> : null}
    </div>
  </Layout>
)

/** `operator of payments-*, viewer of all projects`. */
export function mayWords(may: SettingsProps['who']['may']): string {
  if (may.length === 0) return 'without a role of your own'
  return may
    .map(({ role, projects }) => `${role} of ${projects.join() === '*' ? 'all projects' : visibleText(projects.join(', '), 200)}`)
    .join(', ')
}

const You: FC<Pick<SettingsProps, 'who' | 'theme'> & { isAdmin: boolean }> = ({ who, theme, isAdmin }) => (
  <section class="card settings__card" aria-labelledby="you">
    <div class="card__head">
      <h2 id="you">You</h2>
      {isAdmin ? (
        <a class="button" href="/audit">
          Audit log
        </a>
      ) : null}
    </div>
    <dl class="settings__facts">
      <dt>Signed in as</dt>
      <dd>
        <bdi>{visibleText(who.user, 200)}</bdi>
      </dd>
      <dt>May</dt>
      <dd>{mayWords(who.may)}</dd>
      {who.groups.length > 0 ? <dt>Groups</dt> : null}
      {who.groups.length > 0 ? <dd>{visibleText(who.groups.join(', '), 400)}</dd> : null}
    </dl>
    <form class="settings__row" method="post" action="/settings/theme">
      <CsrfField />
      <label for="theme-choice">Theme</label>
      <select id="theme-choice" name="theme">
        {(['system', 'light', 'dark'] as const).map((choice) => (
          <option value={choice} selected={choice === (theme ?? 'system')}>
            {choice}
          </option>
        ))}
      </select>
      <button class="button" type="submit">
        Save
      </button>
      <button class="button needs-script" type="button" data-utc-toggle aria-pressed="false">
        Times in UTC
      </button>
    </form>
  </section>
)

const Sessions: FC<{ sessions: readonly SessionRow[]; now: number }> = ({ sessions, now }) => (
  <section class="card settings__card" aria-labelledby="sessions">
    <div class="card__head">
      <h2 id="sessions">Sessions</h2>
      <p class="card__aside">where you are signed in; ending one closes its pages within 5 s</p>
      <form method="post" action="/settings/sessions/end">
        <CsrfField />
        <input type="hidden" name="session" value="others" />
        <button class="button" type="submit" disabled={sessions.length < 2}>
          Sign out everywhere else
        </button>
      </form>
    </div>
    <ul class="settings__list">
      {sessions.map((session) => (
        <li class="settings__item">
          <div>
            <strong>{visibleText(session.browser, 100)}</strong>
            {session.isThis ? <span class="settings__this">this one</span> : null}
          </div>
          <p>
            by {visibleText(session.way, 60)}
            {session.from === undefined ? null : ` from ${visibleText(session.from, 60)}`}, since <Clock at={session.begunAt} now={now} />,
            last seen <Since at={session.seenAt} now={now} />, ends <Clock at={session.endsAt} now={now} />
          </p>
          <form method="post" action={session.isThis ? '/logout' : '/settings/sessions/end'}>
            <CsrfField />
            <input type="hidden" name="session" value={session.hash} />
            <button class="button" type="submit" aria-label={`Sign out ${visibleText(session.browser, 60)}`}>
              Sign out
            </button>
          </form>
        </li>
      ))}
    </ul>
  </section>
)

const Tokens: FC<{ tokens: readonly TokenRow[]; made: MadeToken | undefined; now: number }> = ({ tokens, made, now }) => (
  <section class="card settings__card" aria-labelledby="tokens">
    <div class="card__head">
      <h2 id="tokens">Tokens</h2>
      <p class="card__aside">for programs: agents, orchestrators, scripts; only their hash is stored</p>
    </div>
    {made ? (
      <div class="settings__made" role="status">
        <p>
          <strong>“{visibleText(made.name, 100)}” was made.</strong> This is the only time that it is shown. Copy it now; what is lost is
          made anew.
        </p>
        <code class="settings__secret" tabindex={0}>
          {made.text}
        </code>
      </div>
    ) : null}
    {tokens.length === 0 ? <p class="settings__none">There are none.</p> : null}
    <ul class="settings__list">
      {tokens.map((token) => (
        <TokenItem token={token} now={now} />
      ))}
    </ul>
    <NewToken />
  </section>
)

const TokenItem: FC<{ token: TokenRow; now: number }> = ({ token, now }) => {
  const isOver = token.endedAt !== undefined && token.endedAt <= now
  return (
    <li class={`settings__item${isOver ? ' settings__item--over' : ''}`}>
      <div>
        <strong>{visibleText(token.name, 100)}</strong>
        {token.scopes.map((scope) => (
          <span class="settings__scope">{scope}</span>
        ))}
      </div>
      <p>
        {token.projects.join() === '*' ? 'all projects' : visibleText(token.projects.join(', '), 300)}, made{' '}
        <Clock at={token.createdAt} now={now} /> by {visibleText(token.createdBy, 100)},{' '}
        {token.usedAt === undefined ? 'not used yet' : 'last used '}
        {token.usedAt === undefined ? null : <Since at={token.usedAt} now={now} />},{' '}
        {token.endedAt === undefined ? (
          'does not end'
        ) : (
          <>
            {isOver ? 'ended ' : 'ends '}
            <Clock at={token.endedAt} now={now} />
          </>
        )}
        {token.revokedBy === undefined ? null : `, revoked by ${visibleText(token.revokedBy, 100)}`}
      </p>
      {isOver ? null : (
        <form method="post" action="/settings/tokens/revoke">
          <CsrfField />
          <input type="hidden" name="token" value={token.id} />
          <button class="button" type="submit" aria-label={`Revoke ${visibleText(token.name, 60)}`}>
            Revoke
          </button>
        </form>
      )}
    </li>
  )
}

const NewToken: FC = () => (
  <form class="settings__new" method="post" action="/settings/tokens">
    <CsrfField />
    <h3>New token</h3>
    <label>
      Name <input name="name" required maxlength={100} autocomplete="off" />
    </label>
    <fieldset>
      <legend>It may</legend>
      {[
        ['ingest', 'send reports'],
        ['read', 'read'],
        ['command', 'read, decide and give commands'],
        ['admin', 'do everything'],
      ].map(([scope, words]) => (
        <label>
          <input type="checkbox" name="scope" value={scope} checked={scope === 'ingest'} /> {words}
        </label>
      ))}
    </fieldset>
    <label>
      Projects <input name="projects" value="*" required maxlength={2_000} autocomplete="off" aria-describedby="projects-hint" />
    </label>
    <p id="projects-hint" class="settings__hint">
      Names that may hold *, and tag:word, separated by commas.
    </p>
    <label>
      Ends after days <input name="days" value="90" required pattern="\d{1,4}|never" autocomplete="off" />
    </label>
    <button class="button button--ink" type="submit">
      Make it
    </button>
  </form>
)
