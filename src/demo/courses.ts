import { LEAD, status } from './agents.ts'
import { joinStory, playStory } from './cycle.ts'
import { tellBacklog, tellOldFiles, tellSprint } from './files.ts'
import { laneFrom, pass, type Stage, tell } from './stage.ts'
import { moveWorkflow, startSprint } from './workflow.ts'
import type { Course, DemoStory } from './world.ts'

const isDone = ({ joined }: DemoStory) => joined === 'done'
const storiesOf = ({ world }: Stage) => world.lanes.flat()

/** What each course reports; later events are cut off at the hour. */
export const COURSES: Record<Course, (stage: Stage) => void> = {
  steady(stage) {
    openSprint(stage)
    review(stage, playLanes(stage))
  },
  paused(stage) {
    openSprint(stage)
    const [planner] = stage.world.people
    moveWorkflow(stage, 'SPRINT_ACTIVE', { to: 'SPRINT_PAUSED', command: '/sprint pause', user: planner })
    pass(stage, 12, 15)
    moveWorkflow(stage, 'SPRINT_PAUSED', { to: 'SPRINT_ACTIVE', command: '/sprint resume', user: planner })
    review(stage, playLanes(stage))
  },
  /** A finished sprint waits for review; then the next one is planned. */
  review(stage) {
    const [done, planned] = [storiesOf(stage).filter(isDone), storiesOf(stage).filter((story) => !isDone(story))]
    const last = { ...stage, sprint: `${stage.sprint}-a` }
    tellBacklog(last, [{ sprint: last.sprint, stories: done, status: 'active' }])
    startSprint(stage, 0)
    for (const story of done) finish(last, story)
    moveWorkflow(stage, 'SPRINT_ACTIVE', { to: 'SPRINT_REVIEW' })
    pass(stage, 15, 18)
    moveWorkflow(stage, 'SPRINT_REVIEW', { to: 'IDLE', command: '/feedback', user: stage.world.people[0] })
    const sprints = [
      { sprint: last.sprint, stories: done, status: 'completed' as const },
      { sprint: stage.sprint, stories: planned, status: 'active' as const },
    ]
    tellBacklog(stage, sprints)
    pass(stage, 2, 3)
    startSprint(stage, 2)
    review(stage, playLanes(stage))
  },
  /** Old files alone; later its orchestrator returns. */
  silent(stage) {
    const first = storiesOf(stage).find((story) => !isDone(story))
    if (stage.isKnown) openSprint(stage)
    else tellBacklog(stage, [{ sprint: stage.sprint, stories: storiesOf(stage), status: 'active' }])
    if (first && !stage.isKnown) tellOldFiles(stage, first)
    pass(stage, 21, 24)
    tell(stage, { type: 'chat_message', message_type: 'system', message: 'The orchestrator is back after its machine was restarted.' })
    const trouble = { type: 'error_state', error_id: 'warehouse', error_type: 'ConnectionError', severity: 'error' }
    tell(stage, { ...trouble, error_message: 'the warehouse refuses connections: too many clients' })
    pass(stage, 5, 6)
    tell(stage, { ...trouble, error_message: 'the warehouse answers again', resolved: true })
    playLanes(stage)
  },
  /** Agents wait for a training run. */
  training(stage) {
    openSprint(stage)
    const trainer = { agent_id: 'lead/data-1', agent_type: 'DataAgent', parent_agent_id: 'lead' } as const
    status(stage, LEAD, { word: 'waiting', reason: 'the training run, then its report' })
    status(stage, trainer, { word: 'waiting', reason: 'run 14 on the training machine, epoch 3 of 12' })
    pass(stage, 18, 20)
    status(stage, trainer, { word: 'failed', reason: 'run 14 ended: CUDA out of memory at batch 512' })
    pass(stage, 6, 8)
    status(stage, trainer, { word: 'working', reason: 'run 15 with batch 256' })
    pass(stage, 4, 5)
    status(stage, trainer, { word: 'ended' })
    playLanes(stage)
  },
  finished(stage) {
    openSprint(stage)
  },
}

/** The sprint as it was left. */
function openSprint(stage: Stage) {
  const listed = { sprint: stage.sprint, stories: storiesOf(stage), status: 'active' as const }
  tellBacklog(stage, [listed])
  tellSprint(stage, listed)
  startSprint(stage, 0)
  for (const story of listed.stories) {
    if (isDone(story)) finish(stage, story)
    else if (story.joined) joinStory(stage, story)
  }
}

function finish(stage: Stage, story: DemoStory) {
  joinStory(stage, { ...story, joined: 'commit' })
}

/** Plays the lanes' stories; returns the last minute. */
function playLanes(stage: Stage): number {
  const ends = stage.world.lanes.map((stories, index) => {
    const lane = laneFrom(stage, stage.now + index * stage.random.between(0.3, 1.2))
    for (const story of stories) if (!isDone(story)) playStory(lane, story)
    return lane.now
  })
  return Math.max(stage.now, ...ends)
}

function review(stage: Stage, minute: number) {
  const end = laneFrom(stage, minute)
  pass(end, 0.4, 0.8)
  status(end, LEAD, { word: 'idle' })
  moveWorkflow(end, 'SPRINT_ACTIVE', { to: 'SPRINT_REVIEW' })
}
