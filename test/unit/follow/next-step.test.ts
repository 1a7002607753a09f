import { describe, expect, it } from '@jest/globals'
import {
  cursorOf,
  type LogState,
  type Look,
  nextStep,
  type Position,
  parseCursor,
  positionNow,
  START,
} from '../../../src/follow/next-step.js'

const entry = (id: string) => ({ id, text: '{}' })
const READ: Position = { dataset: 'a', id: '5-0' }

/** A log that holds these of so many that it was given. */
function logOf(ids: readonly string[], state: Partial<LogState> = {}): LogState {
  const [oldest, newest] = [ids[0], ids.at(-1)]
  return {
    length: ids.length,
    lastId: newest ?? '0-0',
    ...(oldest === undefined ? {} : { oldest }),
    ...(newest === undefined ? {} : { newest }),
    ...state,
  }
}

function lookOf(ids: readonly string[], state: Partial<LogState> = {}): Look {
  return { dataset: 'a', entries: ids.map(entry), log: logOf(ids, state) }
}

describe('the next step in the event log', () => {
  it('goes on behind the entry that was read last, while that is there', () => {
    const step = nextStep(READ, lookOf(['5-0', '6-0', '6-1']))
    expect(step).toEqual({
      kind: 'entries',
      entries: [entry('6-0'), entry('6-1')],
      position: { dataset: 'a', id: '6-1' },
    })
  })

  it('waits for data without a name', () => {
    const { dataset: _, ...unnamed } = lookOf(['1-0'])
    expect(nextStep(READ, unnamed).kind).toBe('wait')
  })

  it('takes up whatever data there is where it has seen none', () => {
    expect(nextStep({ id: START }, lookOf(['1-0']))).toMatchObject({
      kind: 'entries',
      entries: [entry('1-0')],
    })
  })

  it('tells a gap where the data is another, and begins with its oldest', () => {
    expect(nextStep({ ...READ, dataset: 'b' }, lookOf(['5-0']))).toEqual({
      kind: 'gap',
      because: 'dataset_changed',
      position: { dataset: 'a', id: START },
    })
  })

  it('tells a gap where the log no longer reaches back', () => {
    expect(nextStep(READ, lookOf(['7-0', '8-0']))).toMatchObject({ kind: 'gap', because: 'trimmed' })
  })

  it('tells none where exactly what was read has been trimmed', () => {
    const look = lookOf(['7-0', '8-0'], { added: 12 })
    expect(nextStep({ ...READ, added: 10 }, look).kind).toBe('entries')
    expect(nextStep({ ...READ, added: 9 }, look).kind).toBe('gap')
  })

  it('tells none where the trimmed entry was the newest', () => {
    expect(nextStep(READ, lookOf([], { lastId: '5-0' })).kind).toBe('entries')
  })

  it('tells a gap where everything behind the reader came and went', () => {
    expect(nextStep(READ, lookOf([], { lastId: '6-0' })).kind).toBe('gap')
  })

  it.each([
    ['the log is behind the reader', lookOf([], { lastId: '4-0' })],
    [
      "older entries have stayed where the reader's is gone",
      { ...lookOf(['6-0']), log: logOf(['4-0', '6-0']) },
    ],
    ['there is no log any more', { dataset: 'a', entries: [] }],
  ])('takes the data for an earlier state where %s', (_, look) => {
    expect(nextStep(READ, look)).toMatchObject({ kind: 'gap', because: 'dataset_changed' })
  })

  it('misses nothing from an empty log on, unless it was trimmed meanwhile', () => {
    const begun = positionNow({ dataset: 'a' })
    expect(nextStep(begun, lookOf(['1-0', '2-0'], { added: 2 })).kind).toBe('entries')
    expect(nextStep(begun, lookOf(['2-0'], { added: 2 })).kind).toBe('gap')
    expect(nextStep(begun, lookOf(['1-0'])).kind).toBe('entries')
  })

  it('asks for no more than there is where it begins with the oldest', () => {
    expect(nextStep({ dataset: 'a', id: START }, lookOf(['7-0'], { added: 9 })).kind).toBe('entries')
  })

  it('remembers how many there were when it has read the newest, and while nothing comes', () => {
    const read = nextStep(READ, lookOf(['5-0', '6-0'], { added: 6 }))
    expect(read).toMatchObject({ position: { id: '6-0', added: 6 } })
    const step = nextStep({ ...READ, added: 5 }, lookOf([], { lastId: '5-0', added: 5 }))
    expect(step).toMatchObject({ position: { id: '5-0', added: 5 } })
  })
})

describe('the position now', () => {
  it('is behind the newest entry', () => {
    expect(positionNow(lookOf(['1-0', '2-0'], { added: 4 }))).toEqual({ dataset: 'a', id: '2-0', added: 4 })
  })

  it('is at an entry even where a later one was taken back', () => {
    expect(positionNow(lookOf(['2-0'], { lastId: '3-0', added: 3 }))).toEqual({ dataset: 'a', id: '2-0' })
  })

  it('is behind everything that ever was in an empty log', () => {
    expect(positionNow(lookOf([], { lastId: '3-0', added: 3 }))).toEqual({
      dataset: 'a',
      id: '3-0',
      added: 3,
    })
  })
})

describe('a cursor', () => {
  it('is read as it was written', () => {
    expect(parseCursor(cursorOf({ dataset: 'a:b', id: '12-3' }))).toEqual({ dataset: 'a:b', id: '12-3' })
  })

  it('may have the greatest stream id that Redis knows', () => {
    const id = '18446744073709551615-18446744073709551615'
    expect(parseCursor(`a:${id}`)).toEqual({ dataset: 'a', id })
  })

  it.each(['', '12-3', ':12-3', 'a:12', 'a:12-', 'a:18446744073709551616-0', 'a:1-18446744073709551616'])(
    'is not "%s"',
    (text) => {
      expect(() => parseCursor(text)).toThrow(RangeError)
    },
  )
})
