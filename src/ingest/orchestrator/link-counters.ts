import { type LinkEvent, LOSS_REASONS } from './link-news.ts'
import type { Loss } from './loss-book.ts'

const DROPPED_LIMIT = 20
const NAME_LIMIT = 63
const PROBLEM_LIMIT = 300
const OTHERS = '(others)'

export type RefusedReports = { project?: string | undefined; count?: number; reason?: string }

export class LinkCounters {
  #dropped = new Map<string, number>()
  #framesTotal = 0
  #refused = 0
  #errorAnswers = 0
  #tooOld = 0
  #lastFrameAt: number | undefined
  #frameProblem: string | undefined
  #storeProblem: string | undefined

  constructor(
    private readonly changed: () => void,
    private readonly onNews: (event: LinkEvent) => void = () => undefined,
    private readonly onLoss: (loss: Omit<Loss, 'projects'> & { project: string | undefined }) => void = () => undefined,
  ) {}

  frame(at: number) {
    this.#framesTotal++
    this.#lastFrameAt = at
    this.onNews({ kind: 'frame' })
    this.changed()
  }

  drained() {
    this.changed()
  }

  refuse(problem: string, { project, count = 1, reason }: RefusedReports = {}) {
    this.#refused += count
    this.#frameProblem = `refused: ${problem}`.slice(0, PROBLEM_LIMIT)
    const detail = problem.slice(0, PROBLEM_LIMIT)
    this.onNews({ kind: 'refused', problem: detail })
    this.missing({ reason: reason ?? (project === undefined ? LOSS_REASONS.unread : LOSS_REASONS.refused), project, detail, count })
    this.changed()
  }

  missing(loss: Omit<Loss, 'projects'> & { project: string | undefined }) {
    this.onNews({ kind: 'missing', reason: loss.reason, count: loss.count })
    this.onLoss(loss)
  }

  tooOld(events: number) {
    if (events === 0) return
    this.#tooOld += events
    this.changed()
  }

  answeredError(message: unknown) {
    this.#errorAnswers++
    this.#frameProblem = `the orchestrator answered: ${typeof message === 'string' ? message : 'error'}`.slice(0, PROBLEM_LIMIT)
    this.changed()
  }

  drop(name: string) {
    const short = name.slice(0, NAME_LIMIT)
    const key = this.#dropped.has(short) || this.#dropped.size < DROPPED_LIMIT ? short : OTHERS
    this.#dropped.set(key, (this.#dropped.get(key) ?? 0) + 1)
    this.onNews({ kind: 'foreign', project: short })
    this.changed()
  }

  storing(problem: string | undefined) {
    if (this.#storeProblem === problem) return
    this.#storeProblem = problem
    this.changed()
  }

  read() {
    return {
      framesTotal: this.#framesTotal,
      refused: this.#refused,
      tooOld: this.#tooOld,
      errorAnswers: this.#errorAnswers,
      lastFrameAt: this.#lastFrameAt,
      frameProblem: this.#frameProblem,
      storeProblem: this.#storeProblem,
      droppedProjects: [...this.#dropped].map(([name, count]) => ({ name, count })),
    }
  }
}
