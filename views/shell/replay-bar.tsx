import type { FC, PropsWithChildren } from 'hono/jsx'

const SPEEDS = [1, 2, 5, 10, 30, 60]
const ICONS = {
  'mark-back': 'M12.5 3.5 8 8l4.5 4.5M4 3.5v9',
  back: 'M10.5 3.5 6 8l4.5 4.5',
  on: 'M5.5 3.5 10 8l-4.5 4.5',
  'mark-on': 'M3.5 3.5 8 8l-4.5 4.5M12 3.5v9',
} as const

export const ReplayBar: FC<{ moments: number; events: number }> = ({ moments, events }) => (
  <section id="replay" class="replay needs-script" aria-label="Replay">
    <div class="replay__controls">
      <ReplayPlay />
      <ReplayStep name="mark-back">Mark before</ReplayStep>
      <ReplayStep name="back">One moment back</ReplayStep>
      <ReplayStep name="on">One moment on</ReplayStep>
      <ReplayStep name="mark-on">Next mark</ReplayStep>
      <label class="replay__speed">
        <span class="visually-hidden">Speed</span>
        <select id="replay-speed">
          {SPEEDS.map((speed) => (
            <option value={String(speed)} selected={speed === 10}>
              {speed}×
            </option>
          ))}
        </select>
      </label>
      <p class="replay__place">
        <strong id="replay-clock" /> <span id="replay-count">{`${events.toLocaleString('en')} events`}</span>
      </p>
      <p id="replay-said" class="replay__said" />
    </div>
    <div class="replay__track">
      <svg id="replay-marks" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true" />
      <input
        id="replay-slider"
        type="range"
        min="0"
        max={String(Math.max(0, moments - 1))}
        value={String(moments - 1)}
        aria-label="Moment"
      />
    </div>
  </section>
)

const ReplayPlay: FC = () => (
  <button id="replay-play" class="icon-button replay__play" type="button" aria-label="Play" data-replay="play">
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path class="fill replay__go" d="M4.5 2.8v10.4L13 8Z" />
      <path class="line replay__rest" d="M5.5 3.5v9M10.5 3.5v9" />
    </svg>
  </button>
)

const ReplayStep: FC<PropsWithChildren<{ name: keyof typeof ICONS; children: string }>> = ({ name, children }) => (
  <button class="icon-button" type="button" aria-label={children} title={children} data-replay={name}>
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path class="line" d={ICONS[name]} />
    </svg>
  </button>
)

/** A day and a time of day, in UTC: what is printed means the same everywhere. */
export const Moment: FC<{ at: number }> = ({ at }) => {
  const exact = new Date(at).toISOString()
  return <time datetime={exact}>{`${exact.slice(0, 10)} ${exact.slice(11, 19)} UTC`}</time>
}
