import type { WorkflowState } from '../../src/domain/workflow-machine.ts'

export type Box = { x: number; y: number; width: number; height: number }
export type Anchor = 'start' | 'middle' | 'end'
export type Heading = 'right' | 'left' | 'up' | 'down'
type Label = { text: string; x: number; y: number; anchor: Anchor; isVertical?: boolean }

/** A drawn way between two states: its line, where the arrow ends and points, and what it is called. */
export type DrawnEdge = { from: WorkflowState; to: WorkflowState; line: string; head: [x: number, y: number, Heading]; labels: Label[] }

export type WorkflowLayout = {
  viewBox: string
  boxes: Record<WorkflowState, Box>
  /** Where the time that a state was held stands. */
  stays: Record<WorkflowState, { x: number; y: number; anchor: Anchor }>
  edges: DrawnEdge[]
}

const wide = (x: number, y: number): Box => ({ x, y, width: 116, height: 52 })
const tall = (x: number, y: number): Box => ({ x, y, width: 128, height: 44 })
const at = (x: number, y: number, anchor: Anchor = 'middle') => ({ x, y, anchor })
const label = (text: string, x: number, y: number): Label => ({ text, ...at(x, y) })

export const WIDE_LAYOUT: WorkflowLayout = {
  viewBox: '-6 0 928 350',
  boxes: {
    IDLE: wide(0, 122),
    BACKLOG_READY: wide(172, 122),
    SPRINT_PLANNED: wide(384, 122),
    SPRINT_ACTIVE: { x: 600, y: 112, width: 118, height: 74 },
    SPRINT_PAUSED: wide(800, 22),
    BLOCKED: wide(800, 218),
    SPRINT_REVIEW: wide(600, 288),
  },
  stays: {
    IDLE: at(58, 189),
    BACKLOG_READY: at(230, 189),
    SPRINT_PLANNED: at(442, 189),
    SPRINT_ACTIVE: at(614, 174, 'start'),
    SPRINT_PAUSED: at(858, 15),
    BLOCKED: at(858, 286),
    SPRINT_REVIEW: at(724, 318, 'start'),
  },
  edges: [
    { from: 'IDLE', to: 'BACKLOG_READY', line: 'M116 148H168', head: [170, 148, 'right'], labels: [label('/epic', 142, 140)] },
    {
      from: 'BACKLOG_READY',
      to: 'SPRINT_PLANNED',
      line: 'M288 148H380',
      head: [382, 148, 'right'],
      labels: [label('/sprint plan', 335, 140)],
    },
    {
      from: 'SPRINT_PLANNED',
      to: 'SPRINT_ACTIVE',
      line: 'M500 148H594',
      head: [596, 148, 'right'],
      labels: [label('/sprint start', 548, 140)],
    },
    {
      from: 'SPRINT_ACTIVE',
      to: 'SPRINT_PAUSED',
      line: 'M640 110V58Q640 48 650 48H794',
      head: [797, 48, 'right'],
      labels: [label('/sprint pause', 718, 40)],
    },
    {
      from: 'SPRINT_PAUSED',
      to: 'SPRINT_ACTIVE',
      line: 'M850 76V122Q850 132 840 132H726',
      head: [722, 132, 'left'],
      labels: [label('/sprint resume', 786, 124)],
    },
    {
      from: 'SPRINT_ACTIVE',
      to: 'BLOCKED',
      line: 'M720 164H840Q850 164 850 174V212',
      head: [850, 216, 'down'],
      labels: [label('CI fails 3 times', 788, 157)],
    },
    {
      from: 'BLOCKED',
      to: 'SPRINT_ACTIVE',
      line: 'M798 246H700Q690 246 690 236V194',
      head: [690, 190, 'up'],
      labels: [label('/suggest_fix', 748, 239), label('/skip_task', 748, 260)],
    },
    {
      from: 'SPRINT_ACTIVE',
      to: 'SPRINT_REVIEW',
      line: 'M640 188V280',
      head: [640, 285, 'down'],
      labels: [{ text: 'all tasks done', ...at(632, 240, 'end') }],
    },
    {
      from: 'SPRINT_REVIEW',
      to: 'BACKLOG_READY',
      line: 'M598 306H240Q230 306 230 296V202',
      head: [230, 197, 'up'],
      labels: [label('/request_changes', 415, 299)],
    },
    {
      from: 'SPRINT_REVIEW',
      to: 'IDLE',
      line: 'M598 324H68Q58 324 58 314V202',
      head: [58, 197, 'up'],
      labels: [label('/feedback', 144, 317)],
    },
  ],
}

export const TALL_LAYOUT: WorkflowLayout = {
  viewBox: '0 -4 362 460',
  boxes: {
    IDLE: tall(40, 8),
    BACKLOG_READY: tall(40, 92),
    SPRINT_PLANNED: tall(40, 176),
    SPRINT_ACTIVE: { x: 40, y: 256, width: 128, height: 74 },
    SPRINT_PAUSED: tall(230, 184),
    BLOCKED: tall(230, 392),
    SPRINT_REVIEW: tall(40, 400),
  },
  stays: {
    IDLE: at(176, 34, 'start'),
    BACKLOG_READY: at(176, 118, 'start'),
    SPRINT_PLANNED: at(176, 202, 'start'),
    SPRINT_ACTIVE: at(54, 318, 'start'),
    SPRINT_PAUSED: at(294, 176),
    BLOCKED: at(294, 450),
    SPRINT_REVIEW: at(176, 426, 'start'),
  },
  edges: [
    {
      from: 'IDLE',
      to: 'BACKLOG_READY',
      line: 'M104 52V84',
      head: [104, 90, 'down'],
      labels: [{ text: '/epic', ...at(112, 76, 'start') }],
    },
    {
      from: 'BACKLOG_READY',
      to: 'SPRINT_PLANNED',
      line: 'M104 136V168',
      head: [104, 174, 'down'],
      labels: [{ text: '/sprint plan', ...at(112, 160, 'start') }],
    },
    {
      from: 'SPRINT_PLANNED',
      to: 'SPRINT_ACTIVE',
      line: 'M104 220V246',
      head: [104, 253, 'down'],
      labels: [{ text: '/sprint start', ...at(112, 242, 'start') }],
    },
    {
      from: 'SPRINT_ACTIVE',
      to: 'SPRINT_PAUSED',
      line: 'M170 268H250Q260 268 260 258V236',
      head: [260, 231, 'up'],
      labels: [{ text: '/sprint pause', ...at(174, 262, 'start') }],
    },
    {
      from: 'SPRINT_PAUSED',
      to: 'SPRINT_ACTIVE',
      line: 'M330 230V282Q330 292 320 292H176',
      head: [172, 292, 'left'],
      labels: [{ text: '/sprint resume', ...at(184, 286, 'start') }],
    },
    {
      from: 'SPRINT_ACTIVE',
      to: 'BLOCKED',
      line: 'M170 316H294Q304 316 304 326V384',
      head: [304, 390, 'down'],
      labels: [{ text: 'CI fails 3 times', ...at(178, 310, 'start') }],
    },
    {
      from: 'BLOCKED',
      to: 'SPRINT_ACTIVE',
      line: 'M256 390V372Q256 362 246 362H148Q138 362 138 352V338',
      head: [138, 334, 'up'],
      labels: [
        { text: '/suggest_fix', ...at(154, 356, 'start') },
        { text: '/skip_task', ...at(154, 376, 'start') },
      ],
    },
    {
      from: 'SPRINT_ACTIVE',
      to: 'SPRINT_REVIEW',
      line: 'M76 332V391',
      head: [76, 397, 'down'],
      labels: [{ text: 'all done', ...at(82, 390, 'start') }],
    },
    {
      from: 'SPRINT_REVIEW',
      to: 'BACKLOG_READY',
      line: 'M38 414H34Q24 414 24 404V124Q24 114 34 114H34',
      head: [38, 114, 'right'],
      labels: [{ text: '/request_changes', ...at(18, 260), isVertical: true }],
    },
    {
      from: 'SPRINT_REVIEW',
      to: 'IDLE',
      line: 'M38 430H16Q6 430 6 420V40Q6 30 16 30H34',
      head: [38, 30, 'right'],
      labels: [{ text: '/feedback', ...at(18, 76), isVertical: true }],
    },
  ],
}
