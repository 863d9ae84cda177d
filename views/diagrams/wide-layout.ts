import { type Box, type Label, place, type WorkflowLayout } from './workflow-layout.ts'

const wide = (x: number, y: number): Box => ({ x, y, width: 116, height: 52 })
const label = (text: string, x: number, y: number): Label => ({ text, ...place(x, y) })

/** For desks: the main path from left to right. */
export const WIDE_LAYOUT: WorkflowLayout = {
  viewBox: '-10 0 936 350',
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
    IDLE: place(58, 189),
    BACKLOG_READY: place(230, 189),
    SPRINT_PLANNED: place(442, 189),
    SPRINT_ACTIVE: place(614, 174, 'start'),
    SPRINT_PAUSED: place(858, 11),
    BLOCKED: place(858, 286),
    SPRINT_REVIEW: place(724, 318, 'start'),
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
      labels: [{ text: 'all tasks done', ...place(632, 240, 'end') }],
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
