import { bucketOf, encodePart } from '../../redis/keys.ts'

/** The key of a bucket's heads. */
export const headsKey = (bucket: string) => `visualizer:{${bucket}}:heads`

/** The key of a stream, before and after the project's name. */
export const streamEnds = (bucket: string): [string, string] => [`visualizer:{${bucket}}:log:`, ':stream']

/** The keys of a project, and its field in its bucket's heads. */
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
