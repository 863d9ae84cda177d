const STEPS = [
  { size: 1e12, unit: 'T' },
  { size: 1e9, unit: 'G' },
  { size: 1e6, unit: 'M' },
] as const

export function compact(count: number): string {
  if (count < 1000) return String(Math.round(count))
  // What would round to the next unit is written in it.
  const step = STEPS.find(({ size }) => count >= size * 0.9995)
  return step ? `${(count / step.size).toFixed(1)} ${step.unit}` : `${Math.round(count / 1000)} k`
}

export function dollars(amount: number): string {
  return `$${amount.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`
}
