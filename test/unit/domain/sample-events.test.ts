import { describe, expect, it } from '@jest/globals'
import { wordsOf } from '../../../src/domain/route.js'
import { SAMPLE_WORDS, sampleEvent } from '../../../src/domain/sample-events.js'
import { schemaErrors } from '../store/event-validator.js'

const NOW = Date.UTC(2026, 2, 4, 10)

describe.each(SAMPLE_WORDS)('the sample of %s', (word) => {
  const event = sampleEvent(word, NOW)

  it('answers to its word', () => {
    expect(wordsOf(event)).toContain(word)
  })

  it('is an event as the published schema has it', () => {
    expect(schemaErrors(event)).toEqual([])
  })

  it('is the same at the same instant', () => {
    expect(sampleEvent(word, NOW)).toEqual(event)
  })
})
