import type { Redis } from 'ioredis'
import type { LineHead } from '../domain/line.js'
import type { Keys } from './keys.js'
import { readEach } from './read-each.js'
import { asFields, asText } from './reply.js'

export interface KnownLine {
  /** Key of the job or service. */
  readonly resource: string
  /** Name of the line within it. */
  readonly line: string
  readonly head: LineHead
}

/** The lines of these jobs and services, by name. */
export async function readLines(
  resources: readonly string[],
  { redis, keys }: { readonly redis: Redis; readonly keys: Keys },
): Promise<KnownLine[]> {
  const replies = await readEach(redis, resources.map(keys.lines), ['hgetall'])
  return resources.flatMap((resource, at) => linesOf(resource, replies[at]))
}

function linesOf(resource: string, reply: unknown): KnownLine[] {
  const heads = [...asFields(reply)].map(([line, head]) => ({
    resource,
    line,
    head: JSON.parse(asText(head)),
  }))
  return heads.sort((a, b) => (a.line < b.line ? -1 : 1))
}
