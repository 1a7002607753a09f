import { describe, expect, it } from '@jest/globals'
import type { BuildTruth, History, LoggedLine, Version } from '../../support/history-checker/history.js'
import {
  asTransition,
  BAD,
  CLEAN,
  EVERY_MS,
  findings,
  GOOD,
  iso,
  NIGHTLY,
  OLD,
  UNWANTED,
  WEEKLY,
  WITHOUT_STEP,
  withEvent,
} from './clean-history.js'

/** The run with one more end, recorded and delivered to nobody. */
function withEnd(build: string, outcome: string, change: Partial<LoggedLine> = {}): Partial<History> {
  const id = `${build}#concluded`
  const told = { build, id, seq: 1, to: 'SUCCESS', concluded: true, outcome }
  const at = CLEAN.builds.find(({ key }) => key === build)?.concludedAt ?? 0
  const line = { ...told, routes: [], at, observedAt: at + 5, ...change }
  const hash = { id, seq: '1', status: 'SUCCESS', concluded: 'true', outcome }
  return {
    events: [...CLEAN.events, line],
    transitions: [...CLEAN.transitions, asTransition(line)],
    hashes: new Map([...CLEAN.hashes, [build, hash]]),
  }
}

function withBuild(key: string, change: Partial<BuildTruth>): Pick<History, 'builds'> {
  return { builds: CLEAN.builds.map((build) => (build.key === key ? { ...build, ...change } : build)) }
}

/** The watches of the first version as `change` makes them, in all versions. */
function withWatches(change: (watch: Version['watches'][number]) => object): Pick<History, 'versions'> {
  const versions = CLEAN.versions.map((version) => ({
    ...version,
    watches: version.watches.map((watch) => ({ ...watch, ...change(watch) })),
  }))
  return { versions }
}

describe('the history checker, of feeds', () => {
  it('finds an end that was told though no watch wants the build, and its record', () => {
    expect(findings(withEnd(UNWANTED, 'failure'))).toEqual(
      expect.arrayContaining(['I1 unexpected in events', 'I1 unexpected in hashes']),
    )
    expect(findings({ hashes: new Map([...CLEAN.hashes, [UNWANTED, { seq: '0' }]]) })).toEqual([
      'I1 unexpected in hashes',
    ])
  })

  it('finds an end that was told though it was history', () => {
    expect(findings(withEnd(OLD, 'success'))).toContain('I1 unexpected in events')
  })

  it('finds an end that was taken for history though it came after the feed was first watched', () => {
    const lost = {
      ...withBuild(OLD, { concludedAt: 1 }),
      answers: CLEAN.answers.map((answer) =>
        answer.build === OLD ? { ...answer, startedAt: 2000, endedAt: 2010, probeAt: 2000 } : answer,
      ),
    }
    expect(findings(lost)).toEqual(['I1 lost in events'])
  })

  it('knows that a watch with a beginning of its own tells what ended before it was there', () => {
    expect(findings(withWatches(() => ({ sinceAt: -6000 })))).toEqual(['I1 lost in events'])
    expect(findings(withWatches(() => ({ sinceAt: -4000 })))).toEqual([])
  })

  it('knows that a watch that names a build tells its end, whenever that was', () => {
    const named = CLEAN.versions.map((version) => ({
      ...version,
      watches: [
        ...version.watches,
        {
          resource: NIGHTLY,
          build: OLD,
          branches: [],
          pullRequests: 'with' as const,
          minIntervalMs: EVERY_MS,
        },
      ],
    }))
    expect(findings({ versions: named })).toEqual(['I1 lost in events'])
  })

  it.each([
    ['no glob of its watch matches its branch', 'develop'],
    ['the last matching glob takes its branch away', 'release/old-2'],
    ['a star does not cross its slash', 'release/a/b'],
  ])('knows that a build is not wanted when %s', (_, branch) => {
    expect(findings(withBuild(BAD, { branch }))).toContain('I1 unexpected in events')
  })

  it('knows that a build of no known branch is wanted by no glob', () => {
    expect(findings(withBuild(BAD, { branch: undefined }))).toContain('I1 unexpected in events')
  })

  it.each<['without' | 'only', number | undefined]>([
    ['without', 7],
    ['only', undefined],
  ])('knows the builds that a watch %s pull requests does not want', (pullRequests, pullRequestId) => {
    const build = pullRequestId === undefined ? {} : withBuild(GOOD, { pullRequestId })
    expect(findings({ ...build, ...withWatches(() => ({ pullRequests })) })).toContain(
      'I1 unexpected in events',
    )
  })

  it('excuses what was served while a version came into force that does not want it', () => {
    const [first, second] = CLEAN.versions
    if (!first || !second) throw new Error('two versions')
    const without = second.watches.filter(({ resource }) => resource !== NIGHTLY)
    const removed = [first, { from: 3900, until: 4700, watches: without }]
    const kept = CLEAN.events.filter(({ seq }) => seq === 1)
    const history = {
      versions: removed,
      events: kept,
      transitions: kept.map(asTransition),
      hashes: new Map(
        kept.map(({ build, id, to }) => [build, { id, seq: '1', status: to ?? '', concluded: 'false' }]),
      ),
      ledger: CLEAN.ledger.filter(
        ({ id }) => kept.some((line) => id.startsWith(`${line.id}->`)) || id.includes('!'),
      ),
      attempts: CLEAN.attempts.filter(
        ({ eventId }) => kept.some(({ id }) => id === eventId) || eventId.includes('!'),
      ),
    }
    expect(findings(history)).toEqual([])
    const late = { ...history, versions: [first, { from: 5700, until: 5900, watches: without }] }
    expect(findings(late)).toContain('I2 lost in transitions')
  })

  it('lets the first answer go that is served after a watch was taken out and put back, and no other', () => {
    const [first] = CLEAN.versions
    if (!first) throw new Error('no version')
    const without = first.watches.filter(({ resource }) => resource !== NIGHTLY)
    const versions = [
      first,
      { from: 4200, until: 4300, watches: without },
      { from: 5000, until: 5100, watches: first.watches },
    ]
    expect(findings({ ...WITHOUT_STEP, versions })).toEqual([])
    const later = CLEAN.answers.filter(({ build }) => build === GOOD)[3]
    if (!later) throw new Error('four answers')
    const answers = [...CLEAN.answers, { ...later, startedAt: 6500, endedAt: 6510 }].toSorted(
      (a, b) => a.startedAt - b.startedAt,
    )
    expect(findings({ ...WITHOUT_STEP, versions, answers })).toEqual(['I2 lost in transitions'])
  })

  it('finds a status that only an answer has which nobody wanted', () => {
    const first = { from: 4500, until: 4600, watches: CLEAN.versions[0]?.watches ?? [] }
    expect(findings({ versions: [{ ...first, from: -500, until: -100, watches: [] }, first] })).toContain(
      'I2 unexpected in transitions',
    )
  })
})

describe('the history checker, of lines', () => {
  it.each<[string, Partial<LoggedLine>]>([
    ['verdict', { verdict: 'first_failed' }],
    ['count', { consecutive: 2 }],
    ['beginning of the row', { since: iso(7000) }],
    ['line', { line: 'branch/other' }],
    ['mark of a late end', { superseded: true }],
    ['length of red', { redForMs: 1 }],
  ])('finds a wrong %s', (_, change) => {
    const hashes = new Map([...CLEAN.hashes])
    const verdict = change.verdict ?? 'broke'
    hashes.set(BAD, { ...hashes.get(BAD), verdict })
    expect(findings({ ...withEvent(`${BAD}#concluded`, change), hashes })).toEqual([
      'lines mismatch in events',
    ])
  })

  it('finds a verdict that forgets the builds that ended before anyone watched', () => {
    const hashes = new Map([...CLEAN.hashes].filter(([key]) => key !== OLD))
    expect(findings({ hashes })).toEqual(['lines mismatch in events'])
  })

  it('expects an end that came late to move nothing', () => {
    // Created after the other, and recorded before it.
    const change = withBuild(GOOD, { createdAt: -50 })
    expect(findings(change)).toEqual(['lines mismatch in events'])
    const hashes = new Map(CLEAN.hashes)
    const { verdict: _, ...hash } = hashes.get(BAD) ?? {}
    hashes.set(BAD, hash)
    const late = { verdict: undefined, consecutive: undefined, since: undefined, superseded: true }
    const events = CLEAN.events.map((line) => (line.id === `${BAD}#concluded` ? { ...line, ...late } : line))
    expect(findings({ ...change, events, hashes })).toEqual([])
  })

  it('finds a line that is fixed while it is not broken', () => {
    const fixed = { verdict: 'fixed', redForMs: 0, redBuilds: 1 }
    const events = [GOOD, BAD].reduce(
      (lines, build) =>
        lines.map((line) => (line.id === `${build}#concluded` ? { ...line, ...fixed } : line)),
      CLEAN.events,
    )
    expect(findings({ events }).filter((finding) => finding === 'lines mismatch in events')).toHaveLength(3)
  })

  it('keeps a line whose end is lost out of it', () => {
    const { events } = CLEAN
    expect(findings({ events: events.filter(({ id }) => id !== `${GOOD}#concluded`) })).toEqual([
      'I1 lost in events',
    ])
  })
})

describe('the history checker, of reloads', () => {
  it('finds a version in force that is not the newest valid one', () => {
    const [reload] = CLEAN.reloads
    if (!reload) throw new Error('no reload')
    expect(findings({ reloads: [{ ...reload, inForce: 'nightly weekly' }] })).toEqual([
      'I10 mismatch in configuration',
    ])
  })

  /** One request to the other feed comes early. */
  const exchanges = CLEAN.exchanges.map((each) =>
    each.lists === WEEKLY && each.startedAt === 6000 ? { ...each, startedAt: 5700, endedAt: 5710 } : each,
  )

  it('finds an untouched feed that is asked at once because of a reload', () => {
    expect(findings({ exchanges })).toEqual(['I10 unexpected in requests'])
  })

  it('lets a feed that was touched, restarted or just refused be asked at once', () => {
    const [first, second] = CLEAN.versions
    if (!first || !second) throw new Error('two versions')
    const touched = second.watches.map((watch) =>
      watch.resource === WEEKLY ? { ...watch, branches: ['main'] } : watch,
    )
    expect(findings({ exchanges, versions: [first, { ...second, watches: touched }] })).toEqual([])
    const killed = { kind: 'daemon_killed' as const, from: 5500, until: 5600 }
    expect(findings({ exchanges, faults: [...CLEAN.faults, killed] })).toEqual([])
    const refused = exchanges.map((each) => (each.startedAt === 4000 ? { ...each, good: false } : each))
    expect(findings({ exchanges: refused })).toEqual([])
  })
})
