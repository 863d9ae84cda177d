const LIMIT = 1_000
const HERE = 'http://visualizer.invalid'

/** Pages of the sign-in itself: returning to them would begin it again, or end it. */
const OF_SIGN_IN = /^\/(?:login|logout|signed-out|auth)(?:\/|$)/i

const UNSEEN = /[\u0000-\u001f\u007f-\u00a0\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u206f\u3000\ufeff\ud800-\udfff\ufff9-\uffff]/u
const LEADS_AWAY = /^[^/]|^\/\/|\\|(?:^|\/)\.{1,2}(?:\/|$)/

/**
 * Where somebody returns after sign-in: the wanted address if it is a path of this service, else `/`. Browsers and proxies read odd
 * addresses differently (`/\host`, `/..%2f`, `/%2fhost`), so it must be harmless however often it is decoded.
 */
export function returnAddress(wanted: string | null | undefined): string {
  if (wanted === null || wanted === undefined || wanted.length > LIMIT || !wanted.startsWith('/')) return '/'
  const url = URL.parse(wanted, HERE)
  if (url?.origin !== HERE || url.username !== '' || !isHarmless(wanted)) return '/'
  return OF_SIGN_IN.test(decoded(url.pathname) ?? '') ? '/' : `${url.pathname}${url.search}`
}

function isHarmless(address: string): boolean {
  let text: string | undefined = address
  for (let step = 0; step < 4; step++) {
    const path = text.split(/[?#]/, 1)[0] ?? ''
    if (UNSEEN.test(text) || LEADS_AWAY.test(path)) return false
    const next = decoded(text)
    if (next === text) return true
    if (next === undefined) return false
    text = next
  }
  return false
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
