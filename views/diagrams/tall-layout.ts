import { type Box, place, type WorkflowLayout } from './workflow-layout.ts'

const tall = (x: number, y: number): Box => ({ x, y, width: 128, height: 44 })

/** For phones: the main path from top to bottom. */
export const TALL_LAYOUT: WorkflowLayout = {
  viewBox: '0 -4 362 468',
  boxes: {
    IDLE: tall(40, 8),
    BACKLOG_READY: tall(40, 92),
    // With room for their stay inside: another state stands right of them.
    SPRINT_PLANNED: { x: 40, y: 176, width: 128, height: 56 },
    SPRINT_ACTIVE: { x: 40, y: 256, width: 128, height: 74 },
    SPRINT_PAUSED: tall(230, 184),
    BLOCKED: tall(230, 392),
    SPRINT_REVIEW: { x: 40, y: 400, width: 128, height: 56 },
  },
  stays: {
    IDLE: place(176, 34, 'start'),
    BACKLOG_READY: place(176, 118, 'start'),
    SPRINT_PLANNED: place(53, 224, 'start'),
    SPRINT_ACTIVE: place(54, 318, 'start'),
    SPRINT_PAUSED: place(294, 176),
    BLOCKED: place(294, 450),
    SPRINT_REVIEW: place(53, 448, 'start'),
  },
  edges: [
    {
      from: 'IDLE',
      to: 'BACKLOG_READY',
      line: 'M104 52V84',
      head: [104, 90, 'down'],
      labels: [{ text: '/epic', ...place(112, 76, 'start') }],
    },
    {
      from: 'BACKLOG_READY',
      to: 'SPRINT_PLANNED',
      line: 'M104 136V168',
      head: [104, 174, 'down'],
      labels: [{ text: '/sprint plan', ...place(112, 160, 'start') }],
    },
    {
      from: 'SPRINT_PLANNED',
      to: 'SPRINT_ACTIVE',
      line: 'M104 232V246',
      head: [104, 253, 'down'],
      labels: [{ text: '/sprint start', ...place(112, 242, 'start') }],
    },
    {
      from: 'SPRINT_ACTIVE',
      to: 'SPRINT_PAUSED',
      line: 'M170 268H250Q260 268 260 258V236',
      head: [260, 231, 'up'],
      labels: [{ text: '/sprint pause', ...place(182, 262, 'start') }],
    },
    {
      from: 'SPRINT_PAUSED',
      to: 'SPRINT_ACTIVE',
      line: 'M330 230V282Q330 292 320 292H176',
      head: [172, 292, 'left'],
      labels: [{ text: '/sprint resume', ...place(192, 286, 'start') }],
    },
    {
      from: 'SPRINT_ACTIVE',
      to: 'BLOCKED',
      line: 'M170 316H294Q304 316 304 326V384',
      head: [304, 390, 'down'],
      labels: [{ text: 'CI fails 3 times', ...place(184, 310, 'start') }],
    },
    {
      from: 'BLOCKED',
      to: 'SPRINT_ACTIVE',
      line: 'M256 390V372Q256 362 246 362H148Q138 362 138 352V338',
      head: [138, 334, 'up'],
      labels: [
        { text: '/suggest_fix', ...place(154, 356, 'start') },
        { text: '/skip_task', ...place(154, 376, 'start') },
      ],
    },
    {
      from: 'SPRINT_ACTIVE',
      to: 'SPRINT_REVIEW',
      line: 'M76 332V391',
      head: [76, 397, 'down'],
      labels: [{ text: 'all done', ...place(82, 390, 'start') }],
    },
    {
      from: 'SPRINT_REVIEW',
      to: 'BACKLOG_READY',
      line: 'M38 414H34Q24 414 24 404V124Q24 114 34 114H34',
      head: [38, 114, 'right'],
      labels: [{ text: '/request_changes', ...place(18, 260), isVertical: true }],
    },
    {
      from: 'SPRINT_REVIEW',
      to: 'IDLE',
      line: 'M38 430H16Q6 430 6 420V40Q6 30 16 30H34',
      head: [38, 30, 'right'],
      labels: [{ text: '/feedback', ...place(18, 76), isVertical: true }],
    },
  ],
}
