import { foldRetired, renderAll } from '../telemetry/aggregate.ts'
import type { Figures } from '../telemetry/metrics.ts'
import type { SpawnedWorker } from './spawn-worker.ts'

const ANSWER_MS = 1_000

/** Collects the metrics of all workers, ended ones included. */
export class Scrape {
  readonly #seen = new Map<SpawnedWorker, Figures>()
  readonly #asked = new Map<SpawnedWorker, PromiseWithResolvers<void>>()
  #retired: Figures = []
  #rendering: Promise<string> | undefined

  take(worker: SpawnedWorker, figures: Figures): void {
    this.#seen.set(worker, figures)
    this.#answered(worker)
  }

  left(worker: SpawnedWorker): void {
    const last = this.#seen.get(worker)
    if (last) this.#retired = foldRetired(this.#retired, last)
    this.#seen.delete(worker)
    this.#answered(worker)
  }

  /** Concurrent scrapes share one result. */
  render(workers: Iterable<SpawnedWorker>): Promise<string> {
    this.#rendering ??= this.#render([...workers]).finally(() => {
      this.#rendering = undefined
    })
    return this.#rendering
  }

  async #render(workers: SpawnedWorker[]): Promise<string> {
    const late = Promise.withResolvers<void>()
    const timer = setTimeout(late.resolve, ANSWER_MS)
    await Promise.race([Promise.all(workers.map((worker) => this.#ask(worker))), late.promise])
    clearTimeout(timer)
    const all = [...this.#seen].map(([{ name }, figures]) => ({ worker: name, figures }))
    return renderAll(all, this.#retired)
  }

  #ask(worker: SpawnedWorker): Promise<void> {
    const known = this.#asked.get(worker)
    if (known) return known.promise
    const answer = Promise.withResolvers<void>()
    this.#asked.set(worker, answer)
    worker.send({ type: 'collect' })
    return answer.promise
  }

  #answered(worker: SpawnedWorker) {
    this.#asked.get(worker)?.resolve()
    this.#asked.delete(worker)
  }
}
