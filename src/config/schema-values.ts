import { isIP } from 'node:net'
import { z } from 'zod'

export const HostName = z
  .string()
  .regex(
    /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?|\[?[0-9A-Fa-f:.]{2,45}(?:%[\w.]+)?\]?)$/,
    'must be a host name or an IP address',
  )

function isAddressRange(text: string): boolean {
  const [address = '', bits = '0', ...others] = text.split('/')
  const longest = { 4: 32, 6: 128 }[isIP(address)]
  return longest !== undefined && others.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= longest
}

/** An IP address, or a range of them in CIDR notation. */
export const AddressRange = z.string().refine(isAddressRange, 'must be an address or a range, such as 10.0.0.7, 10.0.0.0/8 or fd00::/8')

function isOrigin(text: string): boolean {
  const url = URL.parse(text)
  return (
    url !== null && /^https?:$/.test(url.protocol) && !text.includes('*') && [url.origin, `${url.origin}/`].includes(text.toLowerCase())
  )
}

export const Origin = z.string().refine(isOrigin, 'must be an origin such as https://visualizer.example.com, without path or wildcard')
export const PublicUrl = z.string().refine(isOrigin, 'must be an address such as https://visualizer.example.com, without a path')

export const MetricsToken = z.string().regex(/^[\x21-\x7e]{16,512}$/, 'must be 16 printable characters or more, without spaces')

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
