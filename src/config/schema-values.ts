import { z } from 'zod'

export const HostName = z
  .string()
  .regex(
    /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?|\[?[0-9A-Fa-f:.]{2,45}(?:%[\w.]+)?\]?)$/,
    'must be a host name or an IP address',
  )

/** 0: a free one. */
export const Port = z.int().min(0).max(65_535)

/** An optional whole number of 1 or more. */
export const amount = (description: string) => z.int().min(1).optional().describe(description)

/** A boolean variable. */
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

/** Text of limited length. */
export const text = (limit: number) => z.string().max(limit)

/** Keys for other programs: accepted and ignored. */
export function ignoredKeys<Name extends string>(...names: Name[]): { [Key in Name]?: z.ZodOptional<z.ZodUnknown> } {
  const shape: { [Key in Name]?: z.ZodOptional<z.ZodUnknown> } = {}
  for (const name of names) shape[name] = z.unknown().optional().describe('For other programs; not used here.')
  return shape
}
