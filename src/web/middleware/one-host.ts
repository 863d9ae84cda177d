import { createMiddleware } from 'hono/factory'
import { RefusedError } from '../../domain/refused.ts'
import type { Env } from '../env.ts'

/** A name or an address, and a port. The server joins several fields by commas, which no name here has. */
const ONE_HOST = /^(\[[\da-f:.]+\]|[\w.~%!$&'()*+;=-]+)(:\d{0,5})?$/i

/** Refuses a Host that is several or none that could be: who reads the first, and who reads the last, must not differ. No Host at all is no browser's. */
export const oneHost = () =>
  createMiddleware<Env>(async (c, next) => {
    const host = c.req.header('host') ?? ''
    if (host === '' || ONE_HOST.test(host)) return next()
    throw new RefusedError('VALIDATION_ERROR', `The Host field must name one host, not "${host.slice(0, 100)}".`, { field: 'Host' })
  })
