/** After decompression: 306 KB of gzip can become a gigabyte. Far above a page of 100 builds. */
export const LARGEST_BODY = 2 * 1024 * 1024
/** An error answer's explanation; more of it explains no better. */
const LARGEST_ERROR_BODY = 64 * 1024

/** How the reading of a body came to its end. */
type BodyEnd = 'whole' | 'too_large' | 'broken'

export interface Body {
  readonly text: string
  readonly end: BodyEnd
  /** What broke it, with `broken`. */
  readonly fault?: unknown
}

/** The part of a ReadableStreamDefaultReader that is used. */
export interface ByteSource {
  read(): Promise<{ readonly done?: boolean; readonly value?: Uint8Array | undefined }>
  cancel(): Promise<void>
}

/** Reads up to the cap and lets go of the rest. Never rejects: what came before a cut can still be worth reading. */
export async function readBody(
  source: ByteSource | undefined,
  isGood: boolean,
  largest = LARGEST_BODY,
): Promise<Body> {
  if (!source) return { text: '', end: 'whole' }
  const chunks: Uint8Array[] = []
  const text = () => new TextDecoder().decode(Buffer.concat(chunks))
  try {
    const whole = await readInto(chunks, source, isGood ? largest : LARGEST_ERROR_BODY)
    return { text: text(), end: whole ? 'whole' : 'too_large' }
  } catch (fault) {
    return { text: text(), end: 'broken', fault }
  } finally {
    // Nobody is left to hear that cancelling failed.
    source.cancel().catch(() => undefined)
  }
}

async function readInto(chunks: Uint8Array[], source: ByteSource, largest: number): Promise<boolean> {
  for (let bytes = 0; bytes <= largest; ) {
    const { done, value } = await source.read()
    if (done || !value) return true
    chunks.push(value)
    bytes += value.byteLength
  }
  return false
}
