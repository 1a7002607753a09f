import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from '@jest/globals'
import { openNotifiers } from '../../../src/app/notifiers.js'
import { eventually } from '../../support/eventually.js'
import { occasionOf } from '../../support/notifier-contract.js'
import { sampleEvent } from '../../support/notifier-contract-events.js'
import { secretOf } from './fixtures.js'

const MODULE = pathToFileURL(join(resolve('test/support/plug-ins'), 'misbehaving.js')).href

/** Of those that run; each has a port that its thread holds. */
function threads(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === 'MessagePort').length
}

it('ends the thread of a plug-in when its version of the configuration is closed', async () => {
  const before = threads()
  const own = { name: 'own', type: './own.js', module: MODULE, options: { mood: 'calm' } }
  const settings = { ...own, secrets: { token: secretOf('t') }, pace: { concurrency: 1, groupMs: 0 } }
  const notifiers = openNotifiers([settings], { clock: { now: Date.now }, out: () => undefined })
  await notifiers.named('own')?.render(occasionOf(sampleEvent({ outcome: 'failure' })))
  expect(threads()).toBeGreaterThan(before)
  await notifiers.close()
  await eventually(() => threads() === before, { what: 'the thread has ended', withinMs: 5000 })
})
