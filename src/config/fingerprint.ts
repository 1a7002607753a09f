import { createHash } from 'node:crypto'
import { watchlistsNamed } from './name-watchlists.js'
import { readBytes } from './read-text.js'

/**
 * A text that is another whenever the settings file, a watchlist that `patterns` name, or the set of files that they match is
 * another in content. Files are read, links followed, for neither times nor inodes tell of every change. Never rejects: a file
 * that cannot be read is a content of its own.
 */
export async function fingerprint(settingsFile: string, patterns: readonly string[]): Promise<string> {
  const files = await watchlistsNamed(settingsFile, patterns)
  const hash = createHash('sha256')
  for (const file of [settingsFile, ...files]) {
    const read = await readBytes(file)
    const content = 'bytes' in read ? read.bytes : read.refusal.message
    hash.update(JSON.stringify([file, 'bytes' in read, content.length])).update(content)
  }
  return hash.digest('hex')
}
