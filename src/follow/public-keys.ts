/**
 * The key and channel names of docs/redis.md that readers use. The daemon's own are in its store, which is not loaded here; a
 * test holds the two equal.
 */

/** What a key prefix may look like; it stands unescaped in keys, channels and patterns. */
const PREFIX_SHAPE = /^[a-z0-9_-]+$/

export type PublicKeys = ReturnType<typeof publicKeys>

export function publicKeys(prefix = 'buildwatch') {
  if (!PREFIX_SHAPE.test(prefix))
    throw new RangeError(
      `prefix must be redis.prefix of the daemon's settings and match ${PREFIX_SHAPE.source}; it is "${prefix}"`,
    )
  return {
    meta: `{${prefix}}:meta`,
    events: `{${prefix}}:events`,
    build: (key: string) => `{${prefix}}:build:${key}`,
    transitions: (key: string) => `{${prefix}}:transitions:${key}`,
    channel: (subject: string) => `${prefix}:events:${subject}`,
  }
}
