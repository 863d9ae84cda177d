import { AggregatorRegistry } from 'prom-client'
import type { Figures } from './metrics.ts'

type Value = Figures[number]['values'][number]

const isTotal = ({ type }: Figures[number]) => String(type) === 'counter' || String(type) === 'histogram'

/** Gauges of a process cannot be summed up, so they get a worker label. */
const standsAlone = ({ name, type }: Figures[number]) => String(type) === 'gauge' && /^(process|event_loop)_/.test(name)

function keyOf({ labels, metricName }: Value): string {
  const pairs = Object.entries(labels).toSorted(([one], [other]) => (one < other ? -1 : 1))
  return JSON.stringify([metricName, pairs])
}

/** Adds an ended worker to the totals; counters would go backwards without them. */
export function foldRetired(retired: Figures, last: Figures): Figures {
  const folded = new Map(retired.map((metric) => [metric.name, metric]))
  for (const metric of last.filter(isTotal)) folded.set(metric.name, added(folded.get(metric.name), metric))
  return [...folded.values()]
}

function added(before: Figures[number] | undefined, metric: Figures[number]): Figures[number] {
  const values = new Map((before?.values ?? []).map((value) => [keyOf(value), value]))
  for (const value of metric.values) {
    const key = keyOf(value)
    values.set(key, { ...value, value: value.value + (values.get(key)?.value ?? 0) })
  }
  return { ...metric, values: [...values.values()] }
}

function ofWorker(metric: Figures[number], worker: string): Figures[number] {
  if (!standsAlone(metric)) return metric
  return { ...metric, values: metric.values.map((value) => ({ ...value, labels: { ...value.labels, worker } })) }
}

/** Renders all workers' metrics for a scraper: totals are summed up, gauges of a process are labelled. */
export function renderAll(workers: readonly { worker: string; figures: Figures }[], retired: Figures): Promise<string> {
  const named = workers.map(({ worker, figures }) => figures.map((metric) => ofWorker(metric, worker)))
  return AggregatorRegistry.aggregate([...named, retired]).metrics()
}
