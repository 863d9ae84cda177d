import { html, raw } from 'hono/html'
import type { FC } from 'hono/jsx'
import { domId } from '../atoms/dom-id.ts'
import { overviewSearch, type OverviewQuery, PINS_LIMIT } from './overview-query.ts'
import { CsrfField } from '../shell/csrf-field.tsx'
import { Icon } from '../atoms/icon.tsx'

export const PINS_FULL = `${PINS_LIMIT} projects are pinned, which is the most. Unpin one first.`

export type PinState = 'pinned' | 'free' | 'full'

export function pinState({ pins = [] }: OverviewQuery, name: string): PinState {
  if (pins.includes(name)) return 'pinned'
  return pins.length < PINS_LIMIT ? 'free' : 'full'
}

/** Has a project stand first, or no longer. Where all pins are taken it says so. */
export function pinButton(name: string, state: PinState) {
  const acts = html`type="submit" form="pins-form" name="${state === 'pinned' ? 'unpin' : 'pin'}" value="${name}"`
  const pressed = state === 'pinned' ? PRESSED : RELEASED
  return html`<button id="${domId('pin', name)}" class="pin" ${state === 'full' ? TELLS_WHY : acts} ${pressed} aria-label="Pin ${name}">
    ${Icon({ name: 'pin' })}
  </button>`
}

const PRESSED = raw('aria-pressed="true" title="Unpin"')
const RELEASED = raw('aria-pressed="false" title="Pin to the top"')
const TELLS_WHY = raw('type="button" popovertarget="pins-full"')

export const PinsForm: FC<{ query: OverviewQuery }> = ({ query }) => (
  <>
    <form id="pins-form" method="post" action="/pins" hidden>
      <CsrfField />
      <input type="hidden" name="back" value={overviewSearch({ ...query, pins: undefined })} />
    </form>
    {(query.pins?.length ?? 0) < PINS_LIMIT ? null : (
      <p id="pins-full" class="pins-full" popover="auto">
        {PINS_FULL}
      </p>
    )}
  </>
)
