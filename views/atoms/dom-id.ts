/** What a fragment can be keyed by. None contains a dash, so that kind and key cannot run into each other. */
export type DomKind = 'project' | 'cycle' | 'agent' | 'approval' | 'asked' | 'event' | 'link' | 'story' | 'jump' | 'pin' | 'said'

const UNSAFE = /[^A-Za-z0-9-]/g

/**
 * A stable element id for any text: safe in a CSS selector without escaping, and two keys never share one. What is
 * not a letter, digit or dash becomes `_` and its four hexadecimal digits (one group per UTF-16 unit).
 */
export function domId(kind: DomKind, key: string | number): string {
  return `${kind}-${String(key).replace(UNSAFE, (unit) => `_${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)}`
}
