import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { pipeline } from 'node:stream/promises'
import { Transform } from 'node:stream'
import { createGzip } from 'node:zlib'

type PackedText = { write(text: string): Promise<void>; /** Tells the bytes of the file. */ end(): Promise<number> }

const CHUNK = 64 * 1024

/** Begins a file of packed text. */
export function openPackedText(path: string): PackedText {
  const gzip = createGzip({ level: 9 })
  const file = createWriteStream(path, { mode: 0o600 })
  const written = pipeline(gzip, base64(), file)
  let failure: Error | undefined
  written.catch((error: unknown) => (failure = error instanceof Error ? error : new Error(String(error))))
  let [waiting, length]: [string[], number] = [[], 0]
  async function flush() {
    const text = waiting.join('')
    ;[waiting, length] = [[], 0]
    if (failure) throw failure
    if (!gzip.write(text)) await Promise.race([once(gzip, 'drain'), written])
  }
  return {
    async write(text) {
      waiting.push(text)
      length += text.length
      if (length >= CHUNK) await flush()
    },
    async end() {
      if (length > 0) await flush()
      gzip.end()
      await written
      return file.bytesWritten
    },
  }
}

/** Base64 encodes three bytes at a time. */
function base64(): Transform {
  let rest = Buffer.alloc(0)
  return new Transform({
    transform(chunk: Buffer, _, done) {
      const bytes = Buffer.concat([rest, chunk])
      const whole = bytes.length - (bytes.length % 3)
      rest = Buffer.from(bytes.subarray(whole))
      done(null, bytes.subarray(0, whole).toString('base64'))
    },
    flush(done) {
      done(null, rest.toString('base64'))
    },
  })
}
