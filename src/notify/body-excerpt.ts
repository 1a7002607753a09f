const MAX_BYTES = 64 * 1024
/** The status is known by now; its explanation is worth no longer wait than this. */
const MAX_MS = 2000

export interface BodyExcerpt {
  readonly text: string
  /** False when the body went on, dripped, or broke off. */
  readonly complete: boolean
}

/** Reads the beginning of a body (after decompression), at most 64 KiB and two seconds, and lets go of the rest. */
export async function readExcerpt(body: ReadableStream<Uint8Array> | null): Promise<BodyExcerpt> {
  if (!body) return { text: '', complete: true }
  const reader = body.getReader()
  const chunks: Uint8Array[] = []
  let complete = false
  let expired = false
  const timer = setTimeout(() => {
    expired = true
    letGo(reader)
  }, MAX_MS)
  try {
    const ended = await readInto(chunks, reader)
    complete = ended && !expired
  } catch {
    // A body that breaks off takes nothing from the status before it.
  } finally {
    clearTimeout(timer)
    letGo(reader)
  }
  return { text: Buffer.concat(chunks).subarray(0, MAX_BYTES).toString('utf8'), complete }
}

async function readInto(
  chunks: Uint8Array[],
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<boolean> {
  let bytes = 0
  while (bytes <= MAX_BYTES) {
    const { done, value } = await reader.read()
    if (done) return true
    chunks.push(value)
    bytes += value.byteLength
  }
  return false
}

/** Cancelling also ends a read that waits, with `done`. Nobody is left to hear of a failure. */
function letGo(reader: ReadableStreamDefaultReader<Uint8Array>): void {
  reader.cancel().catch(() => undefined)
}
