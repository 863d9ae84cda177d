import { foldRetired, renderAll } from '../telemetry/aggregate.ts'
import type { Figures } from '../telemetry/metrics.ts'
import type { SpawnedWorker } from './spawn-worker.ts'

/** A worker that is busy or stopped is counted as it was last seen. */
const ANSWER_MS = 1_000

/** The figures of all workers, those that are gone included. */
export class Scrape {
  readonly #seen = new Map<SpawnedWorker, Figures>()
  readonly #asked = new Map<SpawnedWorker, PromiseWithResolvers<void>>()
  #retired: Figures = []
  #rendering: Promise<string> | undefined

  /** Remembers what a worker counted. */
  take(worker: SpawnedWorker, figures: Figures): void {
    this.#seen.set(worker, figures)
    this.#answered(worker)
  }

  /** Keeps the totals of a worker that ended. */
  left(worker: SpawnedWorker): void {
    const last = this.#seen.get(worker)
    if (last) this.#retired = foldRetired(this.#retired, last)
    this.#seen.delete(worker)
    this.#answered(worker)
  }

  /** One text for a scraper; scrapes at the same time share it. */
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

  /** A worker that has not answered yet is not asked again: what is sent to a stopped one would pile up. */
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
