import type { MiddlewareHandler } from 'hono'
import { secureHeaders } from 'hono/secure-headers'

const OWN = ['Content-Security-Policy', 'Cross-Origin-Resource-Policy']

/** Pages run only our own files: no inline script or style, no eval, no frames, no other site. */
export function pageHeaders(): MiddlewareHandler {
  const secure = secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", 'data:'],
      connectSrc: ["'self'"],
      formAction: ["'self'"],
      manifestSrc: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
    xFrameOptions: 'DENY',
    xXssProtection: '1; mode=block',
    referrerPolicy: 'same-origin',
    strictTransportSecurity: false,
    crossOriginOpenerPolicy: 'same-origin',
    crossOriginResourcePolicy: 'same-origin',
  })
  return async (c, next) => {
    let said: (readonly [string, string | null])[] = []
    await secure(c, async () => {
      await next()
      said = OWN.map((name) => [name, c.res.headers.get(name)])
    })
    for (const [name, value] of said) if (value !== null) c.header(name, value)
  }
}
