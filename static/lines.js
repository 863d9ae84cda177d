/*
 * The websockets of this document, one for each element that names one (`data-live`), through all that can become of a page: hidden,
 * frozen, kept for the way back, asleep, in another network.
 */
import { openLine } from './line.js'

const lines = new Map()
let owner
let isLeft = false

/** Who hears frames, `hear(line, element, frame, isFirst)`, and of lines that change. */
export function watchLines(by) {
  owner = by
}

export const allLines = () => [...lines.values()]
export const lineOf = (element) => lines.get(element)

/** The counts go on in a tab that nobody sees: its title carries them. */
const isForBackground = (element) => element.dataset.attentionSocket !== undefined
const isWanted = (element) => !document.hidden || isForBackground(element)

/** Opens the lines that an element and those inside it name. */
export function connect(root) {
  for (const element of [root, ...root.querySelectorAll('[data-live]')]) {
    if (!element.dataset.live || lines.has(element)) continue
    const line = openLine(element.dataset.live, {
      hear: (frame, isFirst) => owner.hear(line, element, frame, isFirst),
      changed: () => owner.changed(),
    })
    lines.set(element, line)
    if (isWanted(element)) line.redial()
  }
}

/** Closes the line of an element that was put into the page, and forgets the element. */
export function closeSocket(id) {
  const element = document.getElementById(id)
  if (!element) return
  lines.get(element)?.rest()
  lines.delete(element)
  element.remove()
  owner.changed()
}

const each = (act) => {
  for (const [element, line] of lines) act(line, element)
}

/**
 * The reader went to another page, or the browser froze this one; the tab becomes hidden only after that. What had ended may be
 * answered otherwise when somebody comes back.
 */
function leave() {
  isLeft = true
  each((line) => line.rest())
}

function comeBack() {
  isLeft = false
  wake()
}

function wake() {
  if (isLeft) return
  each((line, element) => {
    if (isWanted(element)) line.wake()
    else if (line.state !== 'ended') line.rest()
  })
}

addEventListener('pagehide', leave)
document.addEventListener('freeze', leave)
addEventListener('pageshow', ({ persisted }) => persisted && comeBack())
document.addEventListener('resume', comeBack)
document.addEventListener('visibilitychange', wake)
/** Another network: what was open leads through the one before. */
addEventListener('online', () => each((line, element) => isWanted(element) && line.state !== 'ended' && line.redial()))

document.addEventListener('DOMContentLoaded', () => connect(document.body))
