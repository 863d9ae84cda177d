import { expect, test } from 'bun:test'
import { load, loaded } from './support.ts'

test('log files are found from the working directory and rotated by the service, unless something outside does', () => {
  expect(loaded({}).logFiles).toEqual({ records: undefined, access: undefined, rotation: 'internal' })
  const env = { LOG_FILE: '/var/log/visualizer/app.log', ACCESS_LOG_FILE: 'access.log', LOG_ROTATION: 'External' }
  const { records, access, rotation } = loaded({ env }).logFiles
  expect([records, rotation]).toEqual(['/var/log/visualizer/app.log', 'external'])
  expect(access).toMatch(/^\/.*\/access\.log$/)
})

test('two logs cannot share a file', () => {
  const env = { LOG_FILE: '/var/log/app.log', ACCESS_LOG_FILE: '/var/log/../log/app.log' }
  expect(load({ env }).problems).toEqual(['environment ACCESS_LOG_FILE: names the same file as LOG_FILE'])
})

test('a rotation of nothing is warned of, and one that does not exist refused', () => {
  expect(load({ env: { LOG_ROTATION: 'external' } }).warnings).toEqual([
    'environment LOG_ROTATION: is not used without LOG_FILE or ACCESS_LOG_FILE',
  ])
  expect(load({ env: { LOG_ROTATION: 'daily' } }).problems).toEqual([
    'environment LOG_ROTATION: expected internal, external; got the text "daily"',
  ])
})
