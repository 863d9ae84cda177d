import { Gauge, Histogram, type Registry } from 'prom-client'

/** What people and agents work on takes from moments to days. */
const WORK_SECONDS = [10, 30, 60, 300, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400, 259_200, 604_800]

/** What the projects' flow amounts to, over all of them: no label grows with their number. */
export function createFlowMetrics(registers: Registry[]) {
  const timing = (what: string, help: string) =>
    new Histogram({ name: `visualizer_${what}_seconds`, help, buckets: WORK_SECONDS, registers })
  const word = { name: 'visualizer_projects', help: 'Projects by the one word that is said of each' }
  return {
    flow: {
      cycleTime: timing('cycle_time', 'From the first phase of a story’s cycle to its last'),
      redToGreen: timing('red_to_green', 'From a failing test to a passing one'),
      approvalWait: timing('approval_wait', 'From a question to a person’s decision'),
    },
    // Every worker knows all of them.
    attention: new Gauge({ ...word, labelNames: ['attention'], registers, aggregator: 'max' }),
  }
}
