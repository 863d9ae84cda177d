import type { FC } from 'hono/jsx'
import { domId } from '../atoms/dom-id.ts'
import type { Look } from '../atoms/state-look.ts'
import { ForeignText, visibleText } from '../atoms/foreign-text.tsx'
import { Clock, Since } from '../atoms/since.tsx'
import { StateBadge } from '../atoms/state-badge.tsx'
import type { LinkHealth } from '../../src/domain/summary/link-health.ts'
import { foremost } from '../../src/domain/bounded.ts'

const LOOKS: Record<LinkHealth['state'], Look> = {
  connected: { word: 'Connected', shape: 'check', tone: 'done' },
  connecting: { word: 'Connecting', shape: 'ring', tone: 'ready' },
  waiting: { word: 'Not reachable', shape: 'octagon', tone: 'failed' },
  stopped: { word: 'Stopped', shape: 'circle', tone: 'idle' },
  unowned: { word: 'Not followed', shape: 'circle', tone: 'idle' },
}

/** The orchestrators that we dial: whether what the projects say can be current at all. */
export const Links: FC<{ links: readonly LinkHealth[]; now: number }> = ({ links, now }) => (
  <section id="links" class="links" aria-labelledby={links.length > 0 ? 'links-title' : undefined}>
    {links.length === 0 ? null : (
      <>
        <h2 id="links-title">Orchestrators</h2>
        <ul>
          {links.map((link) => (
            <Link link={link} now={now} />
          ))}
        </ul>
      </>
    )}
  </section>
)

const Link: FC<{ link: LinkHealth; now: number }> = ({ link, now }) => (
  <li id={domId('link', link.name)} class="link">
    <p class="link__name">
      <bdi>{visibleText(link.name, 48)}</bdi> <code dir="ltr">{visibleText(link.url, 80)}</code>
    </p>
    <p class="link__state">
      <StateBadge look={LOOKS[link.state]} /> <Standing link={link} now={now} />
    </p>
    <p class="link__figures">
      {link.framesTotal.toLocaleString('en')} {link.framesTotal === 1 ? 'frame' : 'frames'}
      {link.lastFrameAt === undefined ? '' : ', last '}
      {link.lastFrameAt === undefined ? null : <Since at={link.lastFrameAt} now={now} />}
      {link.refused > 0 ? `, ${link.refused} refused` : ''}
      {link.tooOld > 0 ? `, ${link.tooOld.toLocaleString('en')} older than what is kept` : ''}
      {link.framesWaiting > 0 ? `, ${link.framesWaiting} not stored yet` : ''}
    </p>
    <Problem link={link} />
    {link.droppedProjects.length > 0 ? <Dropped dropped={link.droppedProjects} /> : null}
  </li>
)

const Standing: FC<{ link: LinkHealth; now: number }> = ({ link, now }) => (
  <span>
    for <Since at={link.since} now={now} form="age" />
    {link.state !== 'connected' && link.attempts > 0 ? `, ${link.attempts} ${link.attempts === 1 ? 'attempt' : 'attempts'}` : ''}
    {link.state === 'waiting' && link.nextAttemptAt !== undefined ? ', next try at ' : ''}
    {link.state === 'waiting' && link.nextAttemptAt !== undefined ? <Clock at={link.nextAttemptAt} now={now} /> : null}
  </span>
)

const Problem: FC<{ link: LinkHealth }> = ({ link }) =>
  link.lastProblem === undefined ? null : (
    <p class="link__problem">
      <ForeignText text={link.lastProblem} limit={240} />
    </p>
  )

const DROPPED_SHOWN = 6

/** Names that the link may not report for: seen, counted, not stored. */
const Dropped: FC<{ dropped: LinkHealth['droppedProjects'] }> = ({ dropped }) => {
  const { kept, left } = foremost(dropped, DROPPED_SHOWN)
  return (
    <p class="link__dropped">
      Not among its projects:{' '}
      {kept.map(({ name, count }, index) => (
        <>
          {index > 0 ? ', ' : ''}
          <bdi>{visibleText(name, 63)}</bdi> ({count})
        </>
      ))}
      {left.length > 0 ? ` and ${left.length} more` : ''}
    </p>
  )
}
