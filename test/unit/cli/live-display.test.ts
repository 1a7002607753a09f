import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { createLiveDisplay, isLiveTerminal } from '../../../src/cli/live-display.js'
import type { LiveBuild } from '../../../src/cli/live-line.js'
import { Screen } from './screen.js'

const ENV = { LANG: 'C.UTF-8', NO_COLOR: '1' }
const usual = { medianMs: 118_000, p90Ms: 180_000, progress: 0.5, leftMs: 60_000 }

function building(name: string, elapsedMs = 60_000): LiveBuild {
  return { key: `shop/jobs/web/${name}`, status: 'BUILDING', elapsedMs, statusForMs: 0, usual }
}

function ended(name: string): LiveBuild {
  return { ...building(name), status: 'SUCCESS', outcome: 'success', tookMs: 72_000 }
}

function displayOn(screen: Screen, env: Readonly<Record<string, string>> = ENV) {
  return createLiveDisplay({ stdout: screen, env })
}

/** The bytes, in place of what they make. */
function writtenTo(screen: Screen): () => string {
  let written = ''
  screen.write = (text: string) => {
    written += text
    return true
  }
  return () => written
}

describe('what stands on the screen', () => {
  it('is the builds as shown last, below what was printed and what stood there before', () => {
    const screen = new Screen(80, 24)
    screen.write('$ buildwatchd watch\n')
    const display = displayOn(screen)
    display.show([building('one', 5000), building('two')])
    display.print('web/three is not there yet')
    display.show([building('one', 65_000)])
    expect(screen.visible()).toEqual([
      '$ buildwatchd watch',
      'web/three is not there yet',
      'web/one  BUILDING 1m 05s  █████░░░░░ 50 %  about 1 min left',
      '',
    ])
    display.show([ended('one')])
    display.end()
    expect(screen.visible().slice(2)).toEqual(['web/one  succeeded after 1 min 12 s', ''])
  })

  it('is a line printed above, wrapped where it must be, before anything is shown too', () => {
    const screen = new Screen(20, 24)
    const display = displayOn(screen)
    display.print('x'.repeat(20))
    display.print('y'.repeat(45))
    display.show([ended('one')])
    display.print('z'.repeat(40))
    expect(screen.lines()).toEqual([
      'x'.repeat(20),
      'y'.repeat(45),
      'z'.repeat(40),
      expect.stringContaining('succ'),
      '',
    ])
  })

  it('is what fits the rows, running builds first, and how many more there are; all of them at the end', () => {
    const screen = new Screen(80, 5)
    const display = displayOn(screen)
    const builds = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => (name < 'd' ? ended(name) : building(name)))
    display.show(builds)
    display.show(builds.toReversed())
    expect(screen.lines().map((line) => line.split(' ', 4).slice(0, 3).join(' '))).toEqual([
      'web/f  BUILDING',
      'web/e  BUILDING',
      'web/d  BUILDING',
      '… and 3',
      '',
    ])
    display.end()
    expect(screen.lines().map((line) => line.slice(0, 5))).toEqual([
      ...['web/f', 'web/e', 'web/d', 'web/c', 'web/b', 'web/a'],
      '',
    ])
  })
})

describe('a terminal that changes its size', () => {
  it('is not misled by colours, which take no room', () => {
    const screen = new Screen(80, 24)
    screen.write('$ buildwatchd watch\n')
    const display = displayOn(screen, { LANG: 'C.UTF-8' })
    display.show([ended('one')])
    screen.resize('web/one  succeeded after 1 min 12 s'.length)
    expect(screen.visible()[0]).toBe('$ buildwatchd watch')
  })

  it('goes on with as many rows as are left', () => {
    const screen = new Screen(80, 24)
    const display = displayOn(screen)
    const builds = ['a', 'b', 'c', 'd', 'e'].map((name) => building(name))
    display.show(builds)
    screen.resize(80, 4)
    display.show(builds.map((build) => ({ ...build, elapsedMs: 61_000 })))
    expect(screen.visible().map((row) => row.slice(0, 24))).toEqual([
      'web/a  BUILDING 1m 01s  ',
      'web/b  BUILDING 1m 01s  ',
      '… and 3 more',
      '',
    ])
  })

  it('shows each build once, drawn for the new width at once', () => {
    const screen = new Screen(80, 24)
    screen.write('$ buildwatchd watch\n')
    const display = displayOn(screen)
    display.show([building('one'), building('two')])
    screen.resize(40)
    expect(screen.visible()).toEqual([
      '$ buildwatchd watch',
      'web/one  BUILDING 1m 00s',
      'web/two  BUILDING 1m 00s',
      '',
    ])
    screen.resize(80)
    expect(screen.visible()).toEqual([
      '$ buildwatchd watch',
      'web/one  BUILDING 1m 00s  █████░░░░░ 50 %  about 1 min left',
      'web/two  BUILDING 1m 00s  █████░░░░░ 50 %  about 1 min left',
      '',
    ])
  })

  it('is left alone after the end', () => {
    const screen = new Screen(80, 24)
    const display = displayOn(screen)
    display.show([building('one')])
    display.end()
    const { writes } = screen
    screen.resize(40)
    display.show([building('two')])
    display.end()
    expect(screen.writes).toBe(writes)
    expect(screen.listenerCount('resize')).toBe(0)
    display.print('succeeded')
    expect(screen.lines().slice(1)).toEqual(['succeeded', ''])
  })

  it.each([
    [undefined, 'web/one  BUILDING 1m 00s  █████░░░░░ 50 %  about 1 min left'],
    [40, 'web/one  BUILDING 1m 00s'],
  ])('is taken for 80 cells wide where it does not say, unless told better (%j)', (columns, line) => {
    const screen = new Screen(0, 0)
    const written = writtenTo(screen)
    createLiveDisplay({ stdout: screen, env: ENV, ...(columns === undefined ? {} : { columns }) }).show([
      building('one'),
    ])
    expect(written()).toBe(`\r${line}\u001b[K\n`)
  })

  it('is as wide as it says, whatever was known before', () => {
    const screen = new Screen(40, 24)
    createLiveDisplay({ stdout: screen, env: ENV, columns: 80 }).show([building('one')])
    expect(screen.visible()).toEqual(['web/one  BUILDING 1m 00s', ''])
  })
})

describe('what is written', () => {
  it('is one write for each change, and nothing where nothing changed', () => {
    const screen = new Screen(80, 24)
    const display = displayOn(screen)
    const counts = [
      () => display.show([building('one'), building('two')]),
      () => display.show([building('one'), building('two')]),
      () => display.show([building('one'), building('two', 61_000)]),
      () => display.print('a line'),
      () => display.end(),
    ].map((act) => {
      const before = screen.writes
      act()
      return screen.writes - before
    })
    expect(counts).toEqual([1, 0, 1, 1, 0])
  })

  it.each([
    [{ LANG: 'C.UTF-8' }, '█', '\u001b[32m'],
    [{ LANG: 'C.UTF-8', NO_COLOR: '' }, '█', '\u001b[32m'],
    [{ LANG: 'C.UTF-8', NO_COLOR: '1' }, '█', undefined],
    [{ LANG: 'C.UTF-8', LC_ALL: 'POSIX' }, '#', '\u001b[32m'],
    [{ LANG: 'C', LC_CTYPE: 'de_DE.utf8', CI: 'true' }, '█', '\u001b[32m'],
    [{}, '#', '\u001b[32m'],
    [{ WT_SESSION: '1' }, '█', '\u001b[32m'],
  ])('heeds %j', (env, bar, colour) => {
    const screen = new Screen(80, 24)
    const written = writtenTo(screen)
    displayOn(screen, env).show([building('one'), ended('two')])
    expect(written()).toContain(bar)
    expect(/\p{Cc}\[\d+m/u.exec(written())?.[0]).toBe(colour)
  })

  it('holds no control of others', () => {
    const screen = new Screen(80, 24)
    displayOn(screen).print('web\u001b[2J\u0007\nforged')
    expect(screen.lines()).toEqual(['web\\u001b[2J\\u0007\\u000aforged', ''])
  })
})

it('lines are drawn in place on terminals only, and on none that calls itself dumb', () => {
  expect(isLiveTerminal({ isTTY: true }, { TERM: 'xterm', CI: 'true' })).toBe(true)
  expect(isLiveTerminal({ isTTY: true }, {})).toBe(true)
  expect(isLiveTerminal({ isTTY: true }, { TERM: 'dumb' })).toBe(false)
  expect(isLiveTerminal({ isTTY: false }, { TERM: 'xterm' })).toBe(false)
  expect(isLiveTerminal({}, { TERM: 'xterm' })).toBe(false)
})

describe('whatever is shown, printed and resized', () => {
  const name = fc.stringMatching(/^[a-z]{1,30}$/)
  const status = fc.constantFrom('PENDING', '构建中', 'ビルド中です', 'BUILDING', 'a\u0308o\u0308', '🚀 AWAY')
  const build = fc
    .record({ name, status })
    .map(({ name, status }): LiveBuild => ({ ...building(name), status }))
  const act = fc.oneof(
    fc.record({ show: fc.uniqueArray(build, { maxLength: 8, selector: ({ key }) => key }) }),
    fc.record({ print: fc.stringMatching(/^[a-z]{1,200}$/) }),
    fc.record({ columns: fc.integer({ min: 12, max: 100 }) }),
  )

  it('what stood there stays, each lasting line stands once, and each build is one row', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
        // High enough that nothing of the live lines leaves it, wrapped as they may be for a moment.
        const screen = new Screen(80, 100)
        screen.write('$ buildwatchd watch\n')
        const display = displayOn(screen)
        const printed: string[] = ['$ buildwatchd watch']
        let shown: readonly LiveBuild[] = []
        for (const each of acts) {
          if ('show' in each) display.show((shown = each.show))
          else if ('columns' in each) screen.resize(each.columns)
          else {
            display.print(each.print)
            printed.push(each.print)
          }
          expect(screen.cursorAtFreshLine()).toBe(true)
        }
        const lines = screen.lines()
        expect(lines.slice(0, printed.length)).toEqual(printed)
        expect(lines).toHaveLength(printed.length + shown.length + 1)
      }),
      { numRuns: 150 },
    )
  })
})
