import { describe, expect, it } from '@jest/globals'
import type { Exchange, Fault, WrittenText } from '../../support/history-checker/history.js'
import { ACCOUNT, CLEAN, findings, NOTICES, SECRET } from './clean-history.js'

const [WINDOW] = CLEAN.windows
if (!WINDOW) throw new Error('no window')
const ASKED: Exchange = { account: 'default', startedAt: 19_000, endedAt: 19_010, status: 200, good: true }

describe('the history checker, of the budget', () => {
  it('finds a request past the limit', () => {
    expect(findings({ windows: [{ ...WINDOW, requests: 41 }] })).toEqual(['I7 unexpected in requests'])
  })

  it('finds planned requests in the reserve, where failed ones and single looks do not count', () => {
    // Six were refused while the token was revoked: they may all have been second tries.
    expect(findings({ windows: [{ ...WINDOW, requests: 26 }] })).toEqual([])
    expect(findings({ windows: [{ ...WINDOW, requests: 27 }] })).toEqual(['I7 unexpected in requests'])
    const exchanges = [...CLEAN.exchanges, { ...ASKED, aside: true }]
    expect(findings({ windows: [{ ...WINDOW, requests: 27 }], exchanges })).toEqual([])
  })

  it('finds a request after a 429 and before its reset', () => {
    const refused = { ...ASKED, startedAt: 18_500, endedAt: 18_510, status: 429, good: false }
    expect(findings({ exchanges: [...CLEAN.exchanges, refused] })).toEqual([])
    expect(findings({ exchanges: [...CLEAN.exchanges, refused, ASKED] })).toEqual([
      'I7 unexpected in requests',
    ])
    const afterReset = { ...ASKED, startedAt: 20_001, endedAt: 20_010 }
    expect(findings({ exchanges: [...CLEAN.exchanges, refused, afterReset] })).toEqual([])
  })

  it('expects nothing of a window whose record was lost', () => {
    const lost: Fault = { kind: 'data_lost', from: 19_500, until: 19_500, lostSince: 19_400 }
    expect(findings({ windows: [{ ...WINDOW, requests: 41 }], faults: [...CLEAN.faults, lost] })).toEqual([])
  })
})

describe('the history checker, of troubles', () => {
  const [troubled, recovered] = NOTICES
  if (!troubled || !recovered) throw new Error('two notices')
  const untold = {
    ledger: CLEAN.ledger.filter(({ id }) => !id.includes('!')),
    attempts: CLEAN.attempts.filter(({ eventId }) => !eventId.includes('!')),
  }
  const quiet = (notices: typeof NOTICES) => ({
    notices: notices.map((notice) => ({ ...notice, routes: [] })),
    ...untold,
  })

  it('finds a trouble that nothing has caused', () => {
    const other = {
      ...troubled,
      subject: 'shop/jobs/nightly',
      trouble: 'gone',
      id: 'shop/jobs/nightly!gone.1',
    }
    expect(findings(quiet([...NOTICES, other]))).toEqual(['I8 unexpected in events'])
    expect(findings({ faults: [] })).toEqual(['I8 unexpected in events', 'I8 unexpected in events'])
    const before = { ...troubled, at: 11_000 }
    expect(findings(quiet([before, recovered]))).toContain('I8 unexpected in events')
  })

  it('finds a cause that was never told, and one that was told twice', () => {
    expect(findings(quiet([]))).toEqual(['I8 lost in events', 'I8 lost in events'])
    const again = { ...troubled, id: `${ACCOUNT}!unauthorized.2`, at: 17_900 }
    expect(findings(quiet([troubled, again, recovered]))).toEqual(['I8 duplicated in events'])
    expect(findings(quiet([troubled, troubled, recovered]))).toContain('I8 duplicated in events')
  })

  it('finds an end of trouble that is missing, or told twice', () => {
    expect(findings(quiet([troubled]))).toEqual(['I8 lost in events'])
    const again = { ...recovered, id: `${ACCOUNT}!recovered.2`, at: 18_900 }
    expect(findings(quiet([troubled, recovered, again]))).toEqual(['I8 unexpected in events'])
  })

  it('lets a cause that does not last go untold', () => {
    const faults = CLEAN.faults.map((fault) =>
      fault.troubles ? { ...fault, troubles: { ...fault.troubles, lasting: false } } : fault,
    )
    expect(findings({ ...quiet([]), faults })).toEqual([])
  })

  it('finds a trouble that nobody was told of, though a route asks for it', () => {
    expect(findings({ ledger: untold.ledger })).toEqual(['I3 lost in ledger', 'I3 lost in ledger'])
  })
})

describe('the history checker, of secrets', () => {
  const base64 = (text: string) => Buffer.from(text).toString('base64')

  it.each<[string, WrittenText]>([
    ['a key', { where: 'redis', name: `{buildwatch}:token:${SECRET}`, text: '' }],
    ['a value', { where: 'redis', name: '{buildwatch}:accounts', text: `default ${SECRET}` }],
    ['a log line', { where: 'log', name: 'daemon 1', text: `{"msg":"bad token ${SECRET}"}` }],
    ['a delivered text', { where: 'attempts', name: 'an event', text: `authorization: Bearer ${SECRET}` }],
    ['a URL', { where: 'log', name: 'daemon 1', text: `GET /?token=${encodeURIComponent(SECRET)}` }],
    ['a form', { where: 'log', name: 'daemon 1', text: new URLSearchParams({ token: SECRET }).toString() }],
    ['base64', { where: 'log', name: 'daemon 1', text: base64(SECRET) }],
    ['the base64 of something longer', { where: 'log', name: 'daemon 1', text: base64(`user:${SECRET}`) }],
    ['the base64 of something else', { where: 'log', name: 'daemon 1', text: base64(`name:${SECRET}!`) }],
  ])('finds one in %s', (_, text) => {
    expect(findings({ texts: [...CLEAN.texts, text] })).toEqual([`I9 leaked in ${text.where}`])
  })

  it('finds one with quotes in JSON', () => {
    const secret = 'say "friend"'
    const text: WrittenText = { where: 'log', name: 'daemon 1', text: JSON.stringify({ secret }) }
    expect(
      findings({ texts: [text, { ...text, text: JSON.stringify(text.text) }], secrets: [secret] }),
    ).toEqual(['I9 leaked in log', 'I9 leaked in log'])
  })
})
