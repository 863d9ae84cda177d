/** What a fragment can be keyed by. None contains a dash, so that kind and key cannot run into each other. */
type DomKind = 'project' | 'cycle' | 'agent' | 'approval' | 'asked' | 'event' | 'link' | 'story' | 'jump' | 'pin' | 'said'

const UNSAFE = /[^A-Za-z0-9-]/g

/**
 * A stable element id for any text: safe in a CSS selector, and unique. Other characters than letters, digits and dashes become `_` and
 * their hexadecimal digits.
 */
export function domId(kind: DomKind, key: string | number): string {
  return `${kind}-${String(key).replace(UNSAFE, (unit) => `_${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)}`
}
