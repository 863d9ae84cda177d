export type Scheme = 'light' | 'dark'

const EITHER = /light-dark\((oklch\([^()]*\)|[^,()]+), ?(oklch\([^()]*\)|[^,()]+)\)/g
const OKLCH = /oklch\(([\d.]+% [\d.]+ [\d.]+)\)/g

/** A value of a stylesheet with its colours as every viewer reads them: `light-dark()` decided, `oklch()` as `#rrggbb`. Throws where one is left. */
export function colourOf(value: string, scheme: Scheme): string {
  const plain = value
    .replace(EITHER, (_, light: string, dark: string) => (scheme === 'light' ? light : dark))
    .replace(OKLCH, (_, parts: string) => hexOf(parts))
  if (/light-dark\(|oklch\(/.test(plain)) throw new Error(`a colour that no picture can show: ${plain}`)
  return plain
}

/** OKLCH to sRGB by the matrices of its definition; what lies outside of sRGB is cut to its edge, as browsers do on such screens. */
function hexOf(parts: string): string {
  const [percent = 0, chroma = 0, degrees = 0] = parts.split(/%? /).map(Number)
  const [lightness, hue] = [percent / 100, (degrees * Math.PI) / 180]
  const [a, b] = [chroma * Math.cos(hue), chroma * Math.sin(hue)]
  const long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const short = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  const red = 4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short
  const green = -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short
  const blue = -0.0041960863 * long - 0.7034186147 * middle + 1.707614701 * short
  return `#${[red, green, blue].map(byteOf).join('')}`
}

function byteOf(linear: number): string {
  const encoded = linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055
  const byte = Math.round(Math.min(1, Math.max(0, encoded)) * 255)
  return byte.toString(16).padStart(2, '0')
}
