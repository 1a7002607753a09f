import { describe, expect, it } from '@jest/globals'
import type { TroubleData } from '../../../src/domain/event.js'
import { TROUBLES } from '../../../src/domain/trouble.js'
import { troubleWords } from '../../../src/notify/trouble-words.js'
import { sampleTrouble } from '../../support/notifier-contract-events.js'

function words(data: Partial<TroubleData>): string {
  return troubleWords(sampleTrouble({ since: '2026-03-04T09:12:30.000Z', ...data }))
}

describe('troubleWords', () => {
  it('say what keeps a target from being seen, since when and why', () => {
    expect(words({ trouble: 'gone', code: 'API_NOT_FOUND', detail: 'HTTP 404: no such build' })).toBe(
      'cannot be seen: gone since 2026-03-04 09:12Z (API_NOT_FOUND: HTTP 404: no such build)',
    )
  })

  it('say of an account that it sees nothing', () => {
    expect(words({ scope: 'account', trouble: 'throttled' })).toBe(
      'cannot see its builds: throttled since 2026-03-04 09:12Z',
    )
  })

  it('say that something is given up, and until when', () => {
    expect(words({ trouble: 'abandoned' })).toBe(
      'is given up until the next reload: not seen since 2026-03-04 09:12Z',
    )
  })

  it.each(TROUBLES)('are of words that people know when %s is over', (trouble) => {
    expect(words({ trouble, lastedMs: 7_500_000 })).toBe(`can be seen again after 2 h 5 min (was ${trouble})`)
  })

  it('say of an account that it sees again', () => {
    expect(words({ scope: 'account', trouble: 'unreachable', lastedMs: 61_000 })).toBe(
      'can see its builds again after 1 min 1 s (was unreachable)',
    )
  })

  it('show what another server said in one harmless line, and cut', () => {
    const said = words({ detail: `\u001b[2J\n${'x'.repeat(20_000)}` })
    expect(said).toContain('(\\u001b[2J\\u000axxx')
    expect(said.length).toBeLessThan(400)
  })
})
