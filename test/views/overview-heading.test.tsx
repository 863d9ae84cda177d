import { expect, test } from 'bun:test'
import { OverviewHeading } from '../../views/overview/overview-heading.tsx'
import { countsPerBar, eventsInLastHour } from '../../views/atoms/sparkline.tsx'
import { countsOf, figuresOf } from './page-scenes.tsx'
import { inspect } from './render.ts'
import { busyScene, everyWord, NOW, type Scene } from './scenes.ts'

function headingOf(scenes: Scene[]): string {
  return inspect(<OverviewHeading counts={countsOf(scenes)} figures={figuresOf(scenes)} now={NOW} />).text
}

const only = (...names: string[]) => everyWord().filter(({ project }) => names.includes(project.name))

test.each([
  [['asks'], '1 project needs you'],
  [['asks', 'blocked', 'works'], '2 projects need you'],
  [['review'], '1 project needs you'],
  [['silent', 'works'], 'One project is silent'],
  [['works', 'idle'], 'Nothing needs you'],
  [['idle'], 'Nothing needs you, nothing is moving'],
])('the heading is the answer: %j, %s', (names, answer) => {
  expect(headingOf(only(...names))).toStartWith(answer)
})

test('the line below gives the oldest wait and the exceptions', () => {
  expect(headingOf(everyWord())).toContain(
    'The oldest has waited 18 min 00 s. 1 blocked, 1 failed, 1 in review, 1 silent for 23 min, 1 working, 1 paused.',
  )
})

test('the last hour is counted over all projects', () => {
  const scenes = [busyScene('one'), busyScene('two')]
  expect(headingOf(scenes)).toContain(`${2 * busyScene().events.length} events in the last hour`)
})

test('bars hold what fell into their minutes; what is older, or ahead, is left out', () => {
  const minute = Math.floor(NOW / 60_000)
  const counts = countsPerBar(
    [
      [minute - 60, 9],
      [minute - 59, 1],
      [minute - 1, 2],
      [minute, 3],
      [minute + 1, 9],
    ],
    NOW,
    { bars: 30, minutesPerBar: 2 },
  )
  expect([counts[0], counts[29]]).toEqual([1, 5])
  expect(counts.reduce((sum, count) => sum + count)).toBe(6)
  expect(
    eventsInLastHour(
      [
        [minute - 59, 1],
        [minute - 60, 9],
      ],
      NOW,
    ),
  ).toBe(1)
})
