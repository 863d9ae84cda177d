const BUCKETS = 64

/** The names of all buckets: `v0` to `v63`. */
export const ALL_BUCKETS: readonly string[] = Array.from({ length: BUCKETS }, (_, index) => `v${index}`)

/**
 * The bucket of a project. Its keys hold `{v17}`, so that a Cluster keeps all of a bucket on one server: one script may use them
 * together, and what concerns every project takes 64 questions, however many projects there are.
 */
export function bucketOf(project: string): string {
  return `v${Bun.hash.crc32(project) % BUCKETS}`
}
