import { bucketOf, encodePart } from '../../redis/keys.ts'

/** The heads of all projects of a bucket. */
export const headsKey = (bucket: string) => `visualizer:{${bucket}}:heads`

/** What stands before and behind a project's field in the key of its stream. */
export const streamEnds = (bucket: string): [string, string] => [`visualizer:{${bucket}}:log:`, ':stream']

/** The keys of a project, and its field in the heads of its bucket. */
export function keysOf(project: string) {
  const bucket = bucketOf(project)
  const field = encodePart(project)
  const key = (what: string) => `visualizer:{${bucket}}:log:${field}:${what}`
  return {
    bucket,
    field,
    heads: headsKey(bucket),
    stream: key('stream'),
    ids: key('ids'),
    snapshots: key('snapshots'),
    beginning: key('beginning'),
  }
}
