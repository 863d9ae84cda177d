import { type DemoAgent, agentFor, ask, call, LEAD, status, use } from './agents.ts'
import { pass, type Stage, tell } from './stage.ts'
import { moveWorkflow } from './workflow.ts'
import { type Phase, PHASES, type DemoStory } from './world.ts'

/** Plays a story's cycle to its commit. */
export function playStory(stage: Stage, story: DemoStory): void {
  const from = PHASES.indexOf(phaseOf(story))
  if (story.joined === undefined) begin(stage, story)
  status(stage, LEAD, { word: 'working', reason: `hands out ${story.id}: ${story.title}` })
  for (const [index, phase] of PHASES.entries()) {
    if (index < from) continue
    if (index > from) move(stage, story, phase)
    WORK[phase](stage, story)
    pass(stage, 0.1, 0.4)
  }
}

const phaseOf = (story: DemoStory): Phase => (story.joined === undefined || story.joined === 'done' ? 'design' : story.joined)

/** A story that began before the hour. */
export function joinStory(stage: Stage, story: DemoStory): void {
  begin(stage, story)
  for (const phase of PHASES.slice(1, PHASES.indexOf(phaseOf(story)) + 1)) move(stage, story, phase)
}

const cycleId = (stage: Stage, story: DemoStory) => `tdd-cycle-${stage.sprint}-${story.id.replace(/^\D+/, '')}`

function begin(stage: Stage, story: DemoStory) {
  const named = { story_id: story.id, cycle_id: cycleId(stage, story), title: story.title }
  tell(stage, { type: 'tdd_cycle_started', ...named })
  tell(stage, { type: 'tdd_transition', ...named, old_state: null, new_state: 'design' })
}

function move(stage: Stage, story: DemoStory, phase: Phase) {
  const before = PHASES[PHASES.indexOf(phase) - 1] ?? 'design'
  tell(stage, { type: 'tdd_transition', story_id: story.id, cycle_id: cycleId(stage, story), old_state: before, new_state: phase })
}

function askIn(phase: Phase, stage: Stage, { story, agent }: { story: DemoStory; agent: DemoAgent }) {
  if (story.question?.phase === phase) ask(stage, agent, story.question)
}

function file(stage: Stage, story: DemoStory, { state, failing, runs }: { state: Phase; failing: number; runs: number }) {
  const id = cycleId(stage, story)
  const tests = [{ file_path: story.test, passing_tests: story.tests - failing, failing_tests: failing }]
  const isOver = state === 'commit'
  tell(stage, {
    type: 'state_file',
    file: `tdd_cycles/${id}.json`,
    mtime: stage.instant(stage.now),
    content: {
      id,
      story_id: story.id,
      current_state: state,
      tasks: [{ id: `tdd-task-${id}`, description: story.title, current_state: state, test_file_objects: tests }],
      completed_at: isOver ? stage.instant(stage.now) : null,
      total_test_runs: runs,
      total_refactors: isOver ? 1 : 0,
      total_commits: isOver ? 1 : 0,
      overall_test_coverage: Math.round(stage.random.between(82, 97)),
    },
  })
}

const runTest = (stage: Stage, story: DemoStory) => ({ tool: 'Bash', detail: { command: `${stage.world.runTests} ${story.test}` } })

const WORK: Record<Phase, (stage: Stage, story: DemoStory) => void> = {
  design(stage, story) {
    const agent = agentFor(story, 'DesignAgent')
    status(stage, agent, { word: 'working', reason: `specifies ${story.title}` })
    const scout = agentFor(story, 'Explore', agent)
    call(stage, scout, { tool: 'Grep', detail: { pattern: symbolOf(story.source) }, minutes: [0.2, 0.6] })
    call(stage, scout, { tool: 'Read', detail: { file_path: story.source }, minutes: [0.2, 0.5] })
    status(stage, scout, { word: 'ended' })
    call(stage, agent, { tool: 'Write', detail: { file_path: `docs/specs/${story.id}.md` }, minutes: [0.5, 1.2] })
    askIn('design', stage, { story, agent })
    use(stage, agent)
    status(stage, agent, { word: 'ended' })
  },
  test_red(stage, story) {
    const agent = agentFor(story, 'QAAgent')
    status(stage, agent, { word: 'working', reason: `writes the test for ${story.criteria[0] ?? story.title}` })
    if (story.joined !== 'test_red') call(stage, agent, { tool: 'Write', detail: { file_path: story.test }, minutes: [0.6, 1.4] })
    askIn('test_red', stage, { story, agent })
    call(stage, agent, { ...runTest(stage, story), minutes: [0.3, 0.9], fails: story.red })
    file(stage, story, { state: 'test_red', failing: story.tests, runs: 1 })
    use(stage, agent)
    status(stage, agent, { word: 'ended' })
  },
  code_green(stage, story) {
    const agent = agentFor(story, 'CodeAgent')
    status(stage, agent, { word: 'working', reason: `makes ${story.test} pass` })
    call(stage, agent, { tool: 'Edit', detail: { file_path: story.source }, minutes: [0.8, 1.8] })
    if (story.stumble !== undefined) stumble(stage, agent, { story, fails: story.stumble })
    askIn('code_green', stage, { story, agent })
    call(stage, agent, { ...runTest(stage, story), minutes: [0.4, 1.1] })
    file(stage, story, { state: 'code_green', failing: 0, runs: story.stumble === undefined ? 2 : 3 })
    tell(stage, { type: 'tdd_progress_update', story_id: story.id, cycle_id: cycleId(stage, story), progress: 0.6 })
    use(stage, agent)
  },
  refactor(stage, story) {
    const agent = agentFor(story, 'CodeAgent')
    status(stage, agent, { word: 'working', reason: story.tidy })
    call(stage, agent, { tool: 'Edit', detail: { file_path: story.source }, minutes: [0.5, 1.3] })
    askIn('refactor', stage, { story, agent })
    call(stage, agent, { tool: 'Bash', detail: { command: stage.world.lint }, minutes: [0.3, 0.7] })
    call(stage, agent, { ...runTest(stage, story), minutes: [0.3, 0.8] })
    use(stage, agent)
  },
  commit(stage, story) {
    const agent = agentFor(story, 'CodeAgent')
    askIn('commit', stage, { story, agent })
    call(stage, agent, { tool: 'Bash', detail: { command: `git commit -am "${story.message}"` }, minutes: [0.1, 0.3] })
    file(stage, story, { state: 'commit', failing: 0, runs: 4 })
    tell(stage, { type: 'tdd_cycle_completed', story_id: story.id, cycle_id: cycleId(stage, story), progress: 1 })
    status(stage, agent, { word: 'ended' })
    if (story.ci) breakCi(stage, story, story.ci)
    else runCi(stage, story)
  },
}

/** The first attempt fails; the agent reads why and retries. */
function stumble(stage: Stage, agent: DemoAgent, { story, fails }: { story: DemoStory; fails: string }) {
  call(stage, agent, { ...runTest(stage, story), minutes: [0.4, 1], fails })
  call(stage, agent, { tool: 'Read', detail: { file_path: story.test }, minutes: [0.2, 0.4] })
  call(stage, agent, { tool: 'Edit', detail: { file_path: story.source }, minutes: [0.5, 1.2] })
}

/** Three failures block the sprint until a person helps. */
function breakCi(stage: Stage, story: DemoStory, { fails, hint }: NonNullable<DemoStory['ci']>) {
  const agent = agentFor(story, 'CodeAgent')
  const [planner] = stage.world.people
  for (let run = 1; run <= 3; run++) {
    if (run > 1) call(stage, agent, { tool: 'Edit', detail: { file_path: story.source }, minutes: [0.3, 0.6] })
    runCi(stage, story, fails)
  }
  status(stage, agent, { word: 'ended' })
  moveWorkflow(stage, 'SPRINT_ACTIVE', { to: 'BLOCKED' })
  pass(stage, 16, 19)
  tell(stage, { type: 'chat_message', user_id: planner, message_type: 'user', message: hint })
  moveWorkflow(stage, 'BLOCKED', { to: 'SPRINT_ACTIVE', command: '/suggest_fix', user: planner })
  call(stage, agent, { tool: 'Edit', detail: { file_path: story.source }, minutes: [0.6, 1.2] })
  use(stage, agent)
  status(stage, agent, { word: 'ended' })
  runCi(stage, story)
}

/** The pipeline after a commit; `fails` is its failure. */
function runCi(stage: Stage, story: DemoStory, fails?: string): void {
  const run = { type: 'ci_status', story_id: story.id }
  tell(stage, { ...run, status: 'running' })
  pass(stage, 0.8, 1.8)
  tell(stage, fails === undefined ? { ...run, status: 'passed' } : { ...run, status: 'failed', detail: fails })
}

function symbolOf(path: string): string {
  return (
    path
      .split('/')
      .at(-1)
      ?.replace(/\.\w+$/, '') ?? path
  )
}
