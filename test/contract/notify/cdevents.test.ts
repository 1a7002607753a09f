import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { BuildEventData } from '../../../src/domain/event.js'
import { cdEventOf, cloudEventAttributesOf } from '../../../src/notify/cd-event.js'
import {
  GOLDEN_EVENTS,
  HOSTILE_TEXTS,
  hostileEvents,
  sampleEvent,
} from '../../support/notifier-contract-events.js'

const ajv = new Ajv2020({ strict: false })
addFormats.default(ajv)
const isCdEvent = ajv.compile(
  JSON.parse(readFileSync(new URL('schemas/cdevents-build-0.5.json', import.meta.url), 'utf8')),
)

describe('an event in the words of CDEvents', () => {
  it.each(Object.entries(GOLDEN_EVENTS))('is valid by their schema or is not there (%s)', (_name, event) => {
    const cdEvent = cdEventOf(event)
    if (!cdEvent) return expect(event.type).not.toContain('concluded')
    expect({ valid: isCdEvent(cdEvent), errors: isCdEvent.errors }).toEqual({ valid: true, errors: null })
    expect(JSON.parse(JSON.stringify(cdEvent.customData))).toEqual(JSON.parse(JSON.stringify(event.data)))
  })

  it.each(HOSTILE_TEXTS)('is valid whatever a build is made of (hostile text %#)', (text) => {
    const told = hostileEvents(text).flatMap((event) => cdEventOf(event) ?? [])
    expect(told.map((cdEvent) => isCdEvent(cdEvent))).toEqual([true, true])
  })

  it('is refused by the schema when it is none', () => {
    const cdEvent = cdEventOf(GOLDEN_EVENTS['succeeded'] ?? sampleEvent({}))
    expect(
      isCdEvent({ ...cdEvent, context: { ...cdEvent?.context, type: 'dev.cdevents.build.ended.0.3.0' } }),
    ).toBe(false)
    expect(isCdEvent({ ...cdEvent, subject: { ...cdEvent?.subject, type: 'build' } })).toBe(false)
  })

  it.each<[from: string | null, to: string | null, word: string | undefined]>([
    [null, 'QUEUED', 'queued'],
    ['QUEUED', 'PENDING', undefined],
    ['PENDING', 'UNSCHEDULABLE', undefined],
    ['UNSCHEDULABLE', 'STARTING', 'started'],
    [null, 'BUILDING', 'started'],
    ['STARTING', 'CLONING', undefined],
    ['CLONING', 'BUILDING', undefined],
    ['BUILDING', 'UPLOADING', undefined],
    ['BUILDING', 'QUEUED', 'queued'],
    ['BUILDING', 'SOMETHING_NEW', undefined],
    ['SOMETHING_NEW', 'BUILDING', 'started'],
    ['BUILDING', null, undefined],
    [null, 'toString', undefined],
  ])('tells a phase when it is entered: from %s to %s', (from, to, word) => {
    const type = cdEventOf(sampleEvent({ from, to }))?.context.type
    expect(type).toBe(word === undefined ? undefined : `dev.cdevents.build.${word}.0.3.0`)
  })

  it('names the image that a successful build has made, and none of another', () => {
    const uri = `registry.example.com/shop/nightly@sha256:${'ab'.repeat(32)}`
    const contentOf = (data: Partial<BuildEventData>, registry: object) =>
      cdEventOf(sampleEvent(data, { registry }))?.subject.content
    const passed = { outcome: 'success', to: 'SUCCESS' } as const
    expect(contentOf(passed, { uri })).toEqual({
      artifactId: `pkg:oci/nightly@sha256%3A${'ab'.repeat(32)}?repository_url=registry.example.com/shop/nightly`,
    })
    expect(contentOf(passed, { uri: 'no reference' })).toEqual({})
    expect(contentOf({ outcome: 'failure', to: 'FAILURE' }, { uri })).toEqual({})
  })

  it('lends its attributes to the CloudEvent around it', () => {
    const event = sampleEvent({ outcome: 'success', to: 'SUCCESS' })
    const cdEvent = cdEventOf(event)
    expect(cdEvent && cloudEventAttributesOf(cdEvent)).toEqual({
      specversion: '1.0',
      id: event.id,
      source: event.source,
      type: 'dev.cdevents.build.finished.0.3.0',
      subject: event.subject,
      time: event.time,
      datacontenttype: 'application/cdevents+json',
    })
  })
})
