type Asked = { method?: string; headers?: HeadersInit; body?: RequestInit['body']; signal?: AbortSignal | null | undefined }

/**
 * Fetches as providers and issuers are asked: an answer larger than `limitBytes`, or one that takes longer than `timeoutMs` to its end,
 * is an error, and no redirect is followed.
 */
export function boundedFetch({ limitBytes, timeoutMs }: { limitBytes: number; timeoutMs: number }) {
  return async (address: string | URL, { method = 'GET', headers, body = null, signal }: Asked = {}): Promise<Response> => {
    const limit = AbortSignal.timeout(timeoutMs)
    const answer = await fetch(address, {
      ...{ method, body, redirect: 'manual', signal: signal ? AbortSignal.any([signal, limit]) : limit },
      ...(headers === undefined ? {} : { headers }),
    })
    const bytes = await bytesOf(answer, limitBytes)
    const { status, statusText } = answer
    return new Response([204, 304].includes(status) ? null : bytes, { status, statusText, headers: answer.headers })
  }
}

async function bytesOf({ body }: Response, limitBytes: number): Promise<ArrayBuffer> {
  if (body === null) return new ArrayBuffer(0)
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of body) {
    size += part.byteLength
    // Leaving the loop ends the request.
    if (size > limitBytes) throw new Error(`the answer is larger than ${limitBytes} bytes`)
    parts.push(part)
  }
  return Bun.concatArrayBuffers(parts)
}
