import { createApp } from '../../src/web/app.ts'
import type { WebDeps } from '../../src/web/env.ts'

/** Where nobody signs in, some routes are not there. */
const SAID: Record<PropertyKey, unknown> = {
  isOpen: false,
  proxy: undefined,
  [Symbol.toPrimitive]: () => 1,
  [Symbol.iterator]: () => [].values(),
}

/** Stands for whatever the app is built from: only what its routes are is asked here. */
const anything: unknown = new Proxy(() => undefined, { get: (_, key) => (key in SAID ? SAID[key] : anything), apply: () => anything })

export type Route = { method: string; path: string }

/** Every route of the app, as its router has it: whoever walks them meets each new one. */
export function appRoutes(): readonly Route[] {
  const { routes } = createApp(anything as WebDeps)
  const named = routes.filter(({ method }) => method !== 'ALL').map(({ method, path }) => [`${method} ${path}`, { method, path }] as const)
  return [...new Map(named).values()]
}

/** A path of the route, with these values for its parameters. */
export const filledIn = ({ path }: Route, values: Record<string, string>): string =>
  path.replace(/:(\w+)(\{[^}]*\})?/g, (_, name: string) => values[name] ?? 'a').replace(/\*$/, values['*'] ?? '')
