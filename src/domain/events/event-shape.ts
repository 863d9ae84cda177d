/** Levels of nesting that an event may have, itself the first. */
export const DEPTH_LIMIT = 32

/** What is wrong with the shape of a value, and where: `detail.options.__proto__`. */
export type ShapeFault = { field: string; reason: string }

/** Keys that name what every object inherits: no report needs them, and code that copies objects is deceived by them. */
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype'])

/** What is wrong with a value that was read from JSON: nesting beyond the limit, or a forbidden key anywhere. */
export function shapeFault(value: object): ShapeFault | undefined {
  const found = faultIn(value, 1)
  return found && { field: found.path.toReversed().join('.'), reason: found.reason }
}

type Found = { path: string[]; reason: string }

/** The path is only put together on the way back from a fault: the usual event has none. */
function faultIn(value: unknown, depth: number): Found | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (depth > DEPTH_LIMIT) return { path: [], reason: `is nested deeper than ${DEPTH_LIMIT} levels` }
  const isList = Array.isArray(value)
  for (const key of Object.keys(value)) {
    if (!isList && FORBIDDEN_KEYS.has(key)) return { path: [key], reason: 'is not allowed as a key' }
    const inner: unknown = Reflect.get(value, key)
    const found = faultIn(inner, depth + 1)
    if (!found) continue
    found.path.push(key)
    return found
  }
  return undefined
}
