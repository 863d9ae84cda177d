import type { FC } from 'hono/jsx'
import type { Said } from '../../src/domain/project/conversation.ts'
import type { Command } from '../../src/domain/project/reports.ts'
import { markedText } from '../../src/domain/events/plain-text.ts'
import { domId } from '../atoms/dom-id.ts'
import { relativeTime } from '../atoms/relative-time.ts'
import { WholeCommand } from '../atoms/command-line.tsx'
import { DecisionText, visibleText } from '../atoms/foreign-text.tsx'
import { eventHref } from '../atoms/part-href.ts'
import { PartLink } from '../atoms/part-link.tsx'
import { Shape } from '../atoms/shape.tsx'
import { Clock, Since } from '../atoms/since.tsx'
import { StateBadge } from '../atoms/state-badge.tsx'
import type { Look } from '../atoms/state-look.ts'
import { Whole } from '../atoms/whole.tsx'

type SaidProps = { project: string; said: Said; now: number }

/** One message, or one command with what became of it. Its id is that of its first event: sent again, it shows once. */
export const SaidRow: FC<SaidProps> = ({ project, said, now }) => {
  const isCommand = 'command' in said
  const { icon, who, tone } = isCommand ? commandHead(said.command) : messageHead(said.message)
  return (
    <li id={domId('said', said.offset)} class={`said said--${tone}`} data-offset={said.offset}>
      <header class="said__head">
        {icon}
        <strong>
          <bdi>{visibleText(who, 60)}</bdi>
        </strong>
        <span class="said__when">
          <PartLink href={eventHref(project, said.offset)}>
            <Clock at={said.at} now={now} />
          </PartLink>{' '}
          <Since at={said.at} now={now} />
        </span>
        {isCommand ? <Became command={said.command} now={now} /> : null}
      </header>
      {isCommand ? <CommandBody command={said.command} /> : <Text text={said.message.message} />}
    </li>
  )
}

type Message = Extract<Said, { message: unknown }>['message']

const SPEAKERS = { user: 'Somebody', system: 'System', bot: 'Bot', error: 'Error' } as const

function messageHead({ user_id: by, message_type: type }: Message) {
  const kind = type ?? 'user'
  const icon = kind === 'error' ? <Shape name="octagon" class="tone-failed" /> : null
  return { icon, who: by ?? SPEAKERS[kind], tone: kind }
}

const commandHead = ({ by }: Command) => ({ icon: null, who: by ?? 'Somebody', tone: 'command' })

const LOOKS: Readonly<Record<string, Look>> = {
  started: { word: 'Started', shape: 'ring', tone: 'working' },
  progress: { word: 'Goes on', shape: 'ring', tone: 'working' },
  completed: { word: 'Completed', shape: 'check', tone: 'done' },
  failed: { word: 'Failed', shape: 'octagon', tone: 'failed' },
  cancelled: { word: 'Cancelled', shape: 'bars', tone: 'paused' },
}

/** How far a command came, and how long that took. */
const Became: FC<{ command: Command; now: number }> = ({ command, now }) => {
  const { status, begunAt, at } = command
  const isOver = status === 'completed' || status === 'failed' || status === 'cancelled'
  return (
    <span class="said__became">
      <StateBadge look={LOOKS[status] ?? { word: visibleText(status, 40), shape: 'question', tone: 'idle' }} />
      {isOver && at > begunAt ? <span>after {relativeTime(begunAt, at, 'waiting')}</span> : null}
      {!isOver && at > begunAt ? (
        <span>
          last word <Since at={at} now={now} />
        </span>
      ) : null}
    </span>
  )
}

const CommandBody: FC<{ command: Command }> = ({ command: { command, result, status } }) => (
  <>
    <WholeCommand command={command} />
    {result === undefined || result.trim() === '' ? null : (
      <div class={status === 'failed' ? 'said__result said__result--failed' : 'said__result'}>
        <p class="said__label">{status === 'failed' ? 'Error' : 'Result'}</p>
        <Text text={result} />
      </div>
    )}
  </>
)

const LINES = 12
/** Characters of a line where the box is as narrow as a phone, as half a desk, as a desk. */
const COLUMNS = [38, 62, 100] as const
const END_LENGTH = 160

/** All of a text: the first lines of a long one and its end, until it is opened. */
const Text: FC<{ text: string }> = ({ text }) => {
  const marked = markedText(text, 'decision').trim()
  return (
    <div class="said__text">
      <Whole text={marked} lines={LINES} columns={COLUMNS} end={<bdi>… {visibleText(marked.slice(-END_LENGTH), END_LENGTH)}</bdi>}>
        {(length) => (
          <p class={`whole__text ${length}`}>
            <DecisionText text={marked} />
          </p>
        )}
      </Whole>
    </div>
  )
}

type ConversationProps = { project: string; said: readonly Said[]; now: number }

/** What was said and which commands ran, newest first. The page's script follows and pages it as it does any activity. */
export const Conversation: FC<ConversationProps> = ({ project, said, now }) => (
  <ol id="activity-list" class="activity conversation" reversed>
    {said.map((one) => (
      <SaidRow project={project} said={one} now={now} />
    ))}
  </ol>
)

/** How many commands run, and how many failed, among the last ones. */
export const WhatIsSaid: FC<{ commands: ReadonlyMap<string, Command> }> = ({ commands }) => {
  const all = [...commands.values()]
  const running = all.filter(({ status }) => status === 'started' || status === 'progress').length
  const failed = all.filter(({ status }) => status === 'failed').length
  const told = [running > 0 && `${running} running`, failed > 0 && `${failed} failed`].filter(Boolean)
  return <p id="chat-note">{told.length === 0 ? 'Messages and commands' : `Commands: ${told.join(', ')}`}</p>
}
