import { z } from 'zod'
import type { Key, KeyValue } from '../key-value/key-value.ts'
import type { StaticFile, StaticFiles } from './static-files.ts'

type Deps = {
  files: StaticFiles
  keyValue: Pick<KeyValue, 'get' | 'set'>
  onError(error: unknown): void
}

const HOUR_MS = 60 * 60 * 1_000
/** A day after the last instance of a build confirmed it. */
const KEPT_MS = 25 * HOUR_MS
const RETRY_MS = 60_000
const HASHED = /^[\w-]{1,60}\.[\da-z]{4,20}\.(?:js|css|svg)$/

export type SharedFiles = {
  find(name: string): Promise<StaticFile | undefined>
  close(): void
}

const StoredFile = z.object({ type: z.string(), etag: z.string(), gzip: z.string() })

const keyOf = (name: string): Key => ['static', name]

/** Shares this build's static files for a day, so that pages of other builds find theirs on any instance. */
export function shareFiles({ files, keyValue, onError }: Deps): SharedFiles {
  let timer: ReturnType<typeof setTimeout> | undefined
  let isClosed = false

  async function share() {
    for (const [name, { gzip, type, etag }] of files.hashed()) {
      const text = JSON.stringify({ type, etag, gzip: Buffer.from(gzip).toString('base64') })
      await keyValue.set(keyOf(name), text, { ttlMs: KEPT_MS })
    }
  }

  function again(afterMs: number) {
    if (!isClosed) timer = setTimeout(keep, afterMs)
  }

  function keep() {
    share().then(
      () => again(HOUR_MS),
      (error: unknown) => {
        onError(error)
        again(RETRY_MS)
      },
    )
  }

  keep()
  return {
    async find(name) {
      if (!HASHED.test(name)) return undefined
      const text = await keyValue.get(keyOf(name))
      return text === undefined ? undefined : readFile(text)
    },
    close() {
      isClosed = true
      clearTimeout(timer)
    },
  }
}

function readFile(text: string): StaticFile {
  const { type, etag, gzip: encoded } = StoredFile.parse(JSON.parse(text))
  const gzip = new Uint8Array(Buffer.from(encoded, 'base64'))
  return { body: Bun.gunzipSync(gzip), gzip, type, etag, isImmutable: true }
}
