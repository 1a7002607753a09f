import { describe, expect, it } from '@jest/globals'
import type { Occasion } from '../../../src/domain/occasion.js'
import { pagerdutyKind } from '../../../src/notify/pagerduty.js'
import { sampleEvent, sampleStuck, sampleTrouble } from '../../support/notifier-contract-events.js'
import { chatBench } from './chat-bench.js'

const BROKE = sampleEvent({ outcome: 'failure', to: 'FAILURE', durationMs: 252_000, verdict: 'broke' })

interface Alert {
  readonly payload: {
    readonly summary: string
    readonly severity: string
    readonly custom_details: Record<string, string>
  }
}

async function rendered(occasion: Partial<Occasion>, options: object = {}): Promise<Alert> {
  const { notifier } = chatBench(pagerdutyKind, options, { routing_key: 'x'.repeat(32) })
  return JSON.parse(await notifier.render({ event: BROKE, together: [], briefing: {}, ...occasion }))
}

describe('the words of an alert', () => {
  it('name the build, its facts, its link and the end of its log', async () => {
    const briefing = { link: 'https://app.example.com/b/1', logLines: ['first', 'last'] }
    const alert = await rendered({ briefing })
    expect(alert).toMatchObject({
      links: [{ href: 'https://app.example.com/b/1', text: 'The build' }],
      payload: {
        source: 'teams/acme/shop/jobs/nightly',
        group: 'shop',
        component: 'nightly',
        class: 'broke',
        severity: 'error',
        custom_details: { Branch: 'release/2.4', Log: 'first\nlast' },
      },
    })
    expect(alert.payload.summary).toContain('brave-lion-7312 failed after 4 min 12 s: broke the line')
  })

  it.each([1023, 1024, 1025, 5000])(
    'are at most 1024 characters of a template that makes %i',
    async (length) => {
      const { summary } = (await rendered({}, { template: 'x'.repeat(length) })).payload
      expect(summary).toBe(length <= 1024 ? 'x'.repeat(length) : `${'x'.repeat(1023)}…`)
    },
  )

  it('are one line, and the default ones where the template makes none', async () => {
    expect((await rendered({ template: 'a\n\n{{ event.subject }}\n' })).payload.summary).toMatch(
      /^a teams\/acme/,
    )
    expect((await rendered({ template: ' \n ' })).payload.summary).toContain('broke the line')
  })

  it('keep an event of a very long log far below 512 KB', async () => {
    const logLines = Array.from({ length: 5000 }, (_, index) => `${index} ${'é'.repeat(290)}`)
    const body = JSON.stringify(await rendered({ briefing: { logLines } }))
    expect(Buffer.byteLength(body)).toBeLessThan(100_000)
    expect(body).toContain('4999 é')
  })

  it.each([
    ['a failed build', BROKE, {}, 'error'],
    ['a stuck build', sampleStuck(), {}, 'warning'],
    ['trouble', sampleTrouble(), {}, 'warning'],
    ['anything, where the settings say so', sampleTrouble(), { severity: 'critical' }, 'critical'],
  ])('have the severity of %s', async (_name, event, options, severity) => {
    expect((await rendered({ event }, options)).payload.severity).toBe(severity)
  })
})
