import { z } from 'zod'

/** A host name or an IP address; not a URL, and without a port. */
export const HostName = z
  .string()
  .regex(
    /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?|\[?[0-9A-Fa-f:.]{2,45}(?:%[\w.]+)?\]?)$/,
    'must be a host name or an IP address',
  )

/** 0 lets the system choose. */
export const Port = z.int().min(0).max(65_535)

/** A whole number of 1 or more that may be left out. */
export const amount = (description: string) => z.int().min(1).optional().describe(description)

/** A switch in a variable. */
export const truth = (description: string) =>
  z
    .stringbool({ truthy: ['true', '1', 'yes', 'on'], falsy: ['false', '0', 'no', 'off'] })
    .optional()
    .describe(description)

/** A whole number in a variable. */
export const whole = (number: z.ZodInt, description: string) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .pipe(number)
    .optional()
    .describe(description)

/** Text for people, on pages and in lists. */
export const text = (limit: number) => z.string().max(limit)

/** Keys that other programs write into the same file: read, and left alone. */
export function kept<Name extends string>(...names: Name[]): { [Key in Name]?: z.ZodOptional<z.ZodUnknown> } {
  const shape: { [Key in Name]?: z.ZodOptional<z.ZodUnknown> } = {}
  for (const name of names) shape[name] = z.unknown().optional().describe('For other programs; not used here.')
  return shape
}
