/** Whatever globs and branches are called, a filter must want what a plain reading of its rules wants. */
import { expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { matchesGlob, wantsBuild } from '../../../src/domain/build-filter.js'

/** Another way to say what a glob means: as a regular expression. */
function asRegExp(glob: string): RegExp {
  const meanings: Readonly<Record<string, string>> = { '**': '[^]*', '*': '[^/]*', '?': '[^/]' }
  const source = glob.replaceAll(
    /\*\*|[^]/gu,
    (part) => meanings[part] ?? `\\u{${part.codePointAt(0)!.toString(16)}}`,
  )
  return new RegExp(`^${source}$`, 'u')
}

/** Few letters, so that they meet often. */
const letters = fc.constantFrom('a', 'b', '/', '🚀', '\ud83d', '.', '\n')
const text = fc.string({ unit: letters, maxLength: 8 })
const glob = fc.string({
  unit: fc.oneof({ weight: 2, arbitrary: letters }, fc.constantFrom('*', '**', '?', '!')),
  maxLength: 8,
})
const anyText = fc.oneof({ weight: 4, arbitrary: text }, fc.string({ unit: 'binary', maxLength: 12 }))

it('matches exactly what the glob means', () => {
  fc.assert(
    fc.property(glob, anyText, (glob, text) => {
      expect(matchesGlob(glob, text)).toBe(asRegExp(glob).test(text))
    }),
    { numRuns: 1000 },
  )
})

it('matches a text by itself where it holds no wildcard', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      fc.pre(!/[*?]/.test(text))
      expect(matchesGlob(text, text)).toBe(true)
    }),
  )
})

it('wants a branch as the last of its globs that matches says, or else as the first begins', () => {
  const globs = fc.array(fc.tuple(fc.boolean(), glob), { maxLength: 6 })
  fc.assert(
    fc.property(globs, anyText, (signed, branch) => {
      // A glob that begins with a mark of its own would be one that takes away.
      fc.pre(signed.every(([, glob]) => !glob.startsWith('!')))
      const branches = signed.map(([takesAway, glob]) => (takesAway ? `!${glob}` : glob))
      const last = signed.findLast(([, glob]) => asRegExp(glob).test(branch))
      const wanted = last ? !last[0] : (signed[0]?.[0] ?? true)
      expect(wantsBuild({ branches, pullRequests: 'with' }, { id: 'b', branch })).toBe(wanted)
    }),
  )
})
