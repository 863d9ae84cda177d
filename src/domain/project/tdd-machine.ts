export const TDD_STATES = ['design', 'test_red', 'code_green', 'refactor', 'commit'] as const
type TddState = (typeof TDD_STATES)[number]

type TddEdge = { command: string; from: TddState; to: TddState; condition: string | undefined }

const A_FAILING_TEST = 'a failing test exists'
const TESTS_PASS = 'all tests pass'
const PASSING_COMMITTED = 'tests pass and are committed'

const by = (command: string, [from, to]: readonly [TddState, TddState], condition?: string): TddEdge => ({ command, from, to, condition })
const fromAny = (command: string, to?: TddState) => TDD_STATES.map((from) => by(command, [from, to ?? from]))

const TDD_EDGES: readonly TddEdge[] = [
  ...fromAny('/tdd start', 'design'),
  by('/tdd test', ['design', 'test_red']),
  by('/tdd code', ['test_red', 'code_green'], A_FAILING_TEST),
  by('/tdd refactor', ['code_green', 'refactor'], TESTS_PASS),
  by('/tdd commit', ['code_green', 'commit'], TESTS_PASS),
  by('/tdd commit', ['refactor', 'commit'], TESTS_PASS),
  by('/tdd next', ['design', 'test_red']),
  by('/tdd next', ['test_red', 'code_green']),
  by('/tdd next', ['code_green', 'refactor']),
  by('/tdd next', ['refactor', 'commit']),
  by('/tdd next', ['commit', 'design']),
  by('/tdd commit-tests', ['test_red', 'code_green'], 'failing tests and their files exist'),
  by('/tdd commit-code', ['code_green', 'refactor'], PASSING_COMMITTED),
  by('/tdd commit-refactor', ['refactor', 'commit'], PASSING_COMMITTED),
  ...fromAny('/tdd abort', 'commit'),
  ...fromAny('/tdd status'),
  ...fromAny('/tdd run_tests'),
]

const TDD_BACK_EDGES: readonly { from: TddState; to: TddState; why: string }[] = [
  { from: 'refactor', to: 'code_green', why: 'tests broken' },
  { from: 'code_green', to: 'test_red', why: 'more tests needed' },
  { from: 'test_red', to: 'design', why: 'requirements unclear' },
]

const EXPECTED = new Set([...TDD_EDGES, ...TDD_BACK_EDGES].map(({ from, to }) => `${from}>${to}`))
const WORDS: Record<TddState, string> = {
  design: 'Design',
  test_red: 'Test red',
  code_green: 'Code green',
  refactor: 'Refactor',
  commit: 'Commit',
}
const AGENTS: Record<TddState, string> = {
  design: 'DesignAgent',
  test_red: 'QAAgent',
  code_green: 'CodeAgent',
  refactor: 'CodeAgent',
  commit: 'CodeAgent',
}

/** Whether a text is a phase. */
export function isTddState(text: string): text is TddState {
  return TDD_STATES.some((state) => state === text)
}

/** Whether a step is in the table; true where the previous state is unknown. */
export function isExpectedTddStep(from: string | undefined, to: string): boolean {
  return from === undefined || EXPECTED.has(`${from}>${to}`)
}

/** The label of a phase; an unknown one is its own label. */
export function tddWord(state: string): string {
  return isTddState(state) ? WORDS[state] : state
}

/** The agent that works in a phase. */
export function tddAgent(state: string): string | undefined {
  return isTddState(state) ? AGENTS[state] : undefined
}

/** Whether the cycle is neither committed (or aborted) nor complete. */
export function isOpenCycle({ state, completedAt }: { state: string; completedAt: number | undefined }): boolean {
  return completedAt === undefined && state !== 'commit'
}
