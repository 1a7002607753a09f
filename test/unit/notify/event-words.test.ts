import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { eventWords, sourceWords } from '../../../src/notify/event-words.js'
import {
  GOLDEN_EVENTS,
  HOSTILE_TEXTS,
  hostileEvents,
  sampleDigest,
  sampleEvent,
  sampleStuck,
  sampleTrouble,
} from '../../support/notifier-contract-events.js'

describe('the words of an end', () => {
  it.each([
    ['success', 'succeeded after 4 min 12 s'],
    ['failure', 'failed after 4 min 12 s'],
    ['crashed', 'crashed after 4 min 12 s'],
    ['submission_failure', 'could not be submitted after 4 min 12 s'],
    ['aborted', 'was aborted after 4 min 12 s'],
    ['unknown', 'ended with an unknown outcome after 4 min 12 s'],
  ] as const)('say %s as %p', (outcome, words) => {
    expect(eventWords(sampleEvent({ outcome, durationMs: 252_000 }))).toBe(words)
  })

  it('leave the duration out where it is not known', () => {
    expect(eventWords(sampleEvent({ outcome: 'failure' }))).toBe('failed')
  })
})

describe('the words of a transition', () => {
  it('say a status in the words of the service', () => {
    expect(eventWords(sampleEvent({ to: 'BUILDING' }))).toBe('is now BUILDING')
    expect(eventWords(sampleEvent({ to: null }))).toBe('is now without a status')
  })
})

describe('the words of a stuck build', () => {
  it('say how long it runs, in which status, and what its job takes at most', () => {
    expect(eventWords(sampleStuck())).toBe(
      'has been running for 2 h 5 min (now BUILDING); its job never took longer than 20 min',
    )
  })

  it('speak of the service that it is a build of', () => {
    const stuck = { ...sampleStuck(), subject: 'shop/services/api/b-1' }
    expect(eventWords(stuck)).toContain('its service never took longer than 20 min')
  })

  it('leave out the status and the longest duration where nobody knows them', () => {
    const { longestMs: _, ...data } = sampleStuck({ status: null }).data
    expect(eventWords({ ...sampleStuck(), data })).toBe('has been running for 2 h 5 min')
  })

  it('say for how long it has found no place to run', () => {
    const unschedulable = sampleStuck({ reason: 'unschedulable', inStatusMs: 720_000 })
    expect(eventWords(unschedulable)).toBe('has found no place to run for 12 min')
  })
})

describe('the words of all events', () => {
  it('tell every kind of message from every other', () => {
    const words = Object.entries(GOLDEN_EVENTS)
      // A line that goes on passing is told as any success.
      .filter(([name]) => name !== 'still-passing')
      .map(([, event]) => eventWords(event))
    expect(new Set(words).size).toBe(words.length)
  })

  it.each(HOSTILE_TEXTS)('are one harmless part of a line, and a short one (hostile text %#)', (text) => {
    for (const event of hostileEvents(text)) {
      const words = eventWords(event)
      expect(words).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
      expect(words.length).toBeLessThan(900)
    }
  })

  it('are so whatever text is foreign', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        for (const event of hostileEvents(text)) {
          const words = `${eventWords(event)} ${sourceWords(event)}`
          expect(words).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
          expect(words.length).toBeLessThan(1000)
        }
      }),
    )
  })
})

describe('sourceWords', () => {
  it('names branch and short commit, so far as known', () => {
    const sha = '1a2b3c4d5e6f'
    expect(sourceWords(sampleEvent({}, { branch: 'main', sha }))).toBe('main, 1a2b3c4')
    expect(sourceWords(sampleEvent({}, { sha }))).toBe('1a2b3c4')
    expect(sourceWords(sampleEvent({}, {}))).toBe('')
  })

  it('names the pull request before them', () => {
    const build = { branch: 'fix-till', sha: '1a2b3c4d5e6f', pullRequestId: 17 }
    expect(sourceWords(sampleEvent({}, build))).toBe('PR 17, fix-till, 1a2b3c4')
  })

  it('names them of a stuck build, too', () => {
    expect(sourceWords(sampleStuck({}, { branch: 'main' }))).toBe('main')
  })

  it('is empty where the event is of no build', () => {
    expect([sourceWords(sampleTrouble()), sourceWords(sampleDigest())]).toEqual(['', ''])
  })

  it('cuts a branch name that is too long to read', () => {
    expect(sourceWords(sampleEvent({}, { branch: 'b'.repeat(500) }))).toHaveLength(100)
  })
})
