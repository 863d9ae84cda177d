import { join } from 'node:path'
import { within } from '../support/eventually.ts'

/** A program of test/bench/load in a process of its own, which answers one question at a time. */
export type Child<Question, Answer> = {
  pid: number
  ask(question: Question, withinMs: number): Promise<Answer>
  end(): Promise<void>
}

/** Starts it. What it throws ends it, and with it the bench. */
export function startChild<Question, Answer>(program: string): Child<Question, Answer> {
  let answered: ((answer: Answer) => void) | undefined
  const child = Bun.spawn([process.execPath, '--no-orphans', join(import.meta.dir, 'load', program)], {
    stdio: ['ignore', 'inherit', 'inherit'],
    serialization: 'advanced',
    ipc: (message: Answer) => answered?.(message),
  })
  const ended = child.exited.then((code) => Promise.reject(new Error(`${program} ended with code ${code}`)))
  // Only who waits for an answer is told.
  ended.catch(() => undefined)
  return {
    pid: child.pid,
    async ask(question, withinMs) {
      const { promise, resolve } = Promise.withResolvers<Answer>()
      answered = resolve
      child.send(question)
      return within(withinMs, `an answer of ${program}`, Promise.race([promise, ended]))
    },
    async end() {
      child.kill('SIGKILL')
      await child.exited
    },
  }
}

/** The other side: what such a program does with each question. */
export function answerQuestions(answer: (question: never) => unknown): void {
  process.on('message', (question) => {
    void Promise.resolve(answer(question as never)).then((it) => process.send?.(it))
  })
}
