import { AggregatorRegistry } from 'prom-client'
import type { Figures } from './metrics.ts'

type Value = Figures[number]['values'][number]

const isTotal = ({ type }: Figures[number]) => String(type) === 'counter' || String(type) === 'histogram'

/** Figures of one process, which no sum makes sense of: each worker's stands for itself. */
const standsAlone = ({ name, type }: Figures[number]) => String(type) === 'gauge' && /^(process|event_loop)_/.test(name)

function keyOf({ labels, metricName }: Value): string {
  const pairs = Object.entries(labels).toSorted(([one], [other]) => (one < other ? -1 : 1))
  return JSON.stringify([metricName, pairs])
}

/** The totals of workers that are gone, with one more of them: without these, counters would run backwards. */
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

/** All workers' figures as one text for a scraper: totals are added up, a process's own figures carry its worker's name. */
export function renderAll(workers: readonly { worker: string; figures: Figures }[], retired: Figures): Promise<string> {
  const named = workers.map(({ worker, figures }) => figures.map((metric) => ofWorker(metric, worker)))
  return AggregatorRegistry.aggregate([...named, retired]).metrics()
}
