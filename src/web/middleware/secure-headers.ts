import { createMiddleware } from 'hono/factory'
import { secureHeaders } from 'hono/secure-headers'
import type { Env } from '../env.ts'

export const CSP_REPORTS = '/csp-reports'

const REPORTS = 'csp-reports'

const DENIED = [
  'camera',
  'microphone',
  'geolocation',
  'payment',
  'usb',
  'serial',
  'hid',
  'midi',
  'displayCapture',
  'idleDetection',
] as const

const secured = secureHeaders({
  // Pages run only our own files: no inline script or style, no eval, no frames, no other site. So no nonce is needed.
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
    reportTo: REPORTS,
    reportUri: CSP_REPORTS,
  },
  reportingEndpoints: [{ name: REPORTS, url: CSP_REPORTS }],
  permissionsPolicy: Object.fromEntries(DENIED.map((feature) => [feature, []])),
  xFrameOptions: 'DENY',
  xXssProtection: '1; mode=block',
  referrerPolicy: 'same-origin',
  strictTransportSecurity: false,
  crossOriginOpenerPolicy: 'same-origin',
  crossOriginResourcePolicy: 'same-origin',
  // Pictures have a policy of their own.
  overwrite: false,
})

export const HSTS = 'max-age=63072000; includeSubDomains; preload'

/** Puts the headers that protect readers on every answer, refusals and failures included. */
export const safeHeaders = () =>
  createMiddleware<Env>(async (c, next) => {
    await secured(c, next)
    if (c.get('client').isHttps) c.header('Strict-Transport-Security', HSTS)
  })
