import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { parseLogLines } from '../../../src/northflank/parse-log-lines.js'
import nock from '../../support/nock.js'
import { apiErrorOf, BASE, clientOf, REF, TOKEN } from './fixtures.js'

const LOGS =
  '/v1/projects/default-project/jobs/example-job/build-logs?queryType=range&buildId=joyous-view-6290&lineLimit=2&direction=backward'

const entry = (log: unknown, ts?: string) => ({ containerId: 'c', log, ...(ts === undefined ? {} : { ts }) })
const at = (second: number): string => `2026-03-04T10:00:0${second}.000Z`

beforeEach(() => nock.disableNetConnect())
afterEach(() => {
  nock.cleanAll()
  nock.enableNetConnect()
})

describe('the log of a build', () => {
  test('is asked for from its end, and told oldest line first', async () => {
    nock(BASE)
      .get(LOGS)
      .reply(200, { data: [entry('second\n', at(2)), entry('first\n', at(1))] })
    expect(await clientOf().buildLog(REF, 2)).toEqual(['first', 'second'])
  })

  test('has no more lines than were asked for, and never the token', async () => {
    const data = [entry(`d ${TOKEN}`, at(3)), entry('b\nc', at(2)), entry('a', at(1))]
    nock(BASE).get(LOGS).reply(200, { data })
    expect(await clientOf().buildLog(REF, 2)).toEqual(['c', 'd [secret]'])
  })

  test('is refused where it is larger than 64 KiB', async () => {
    nock(BASE)
      .get(LOGS)
      .reply(200, { data: [entry('x'.repeat(70_000))] })
    const { code, message } = await apiErrorOf(clientOf().buildLog(REF, 2, { mayRetry: async () => false }))
    expect(code).toBe('API_BAD_RESPONSE')
    expect(message).toContain('larger than 64 KiB')
  })

  test('names the right that it takes', async () => {
    nock(BASE)
      .get(LOGS)
      .reply(403, { error: { message: 'no' } })
    const { permission } = await apiErrorOf(clientOf().buildLog(REF, 2))
    expect(permission).toBe('Project > Jobs > Deployment > View Instance Logs')
  })

  test('that is not there is no sign of a wrong base URL: nothing else is asked', async () => {
    nock(BASE)
      .get(LOGS)
      .reply(404, { error: { message: 'Not Found' } })
    expect((await apiErrorOf(clientOf().buildLog(REF, 2))).code).toBe('API_NOT_FOUND')
  })

  test('is no list where the answer holds none', async () => {
    nock(BASE)
      .get(LOGS)
      .reply(200, { data: { log: 'x' } })
    const error = await apiErrorOf(clientOf().buildLog(REF, 2, { mayRetry: async () => false }))
    expect(error.message).toContain('no lines of a log')
  })
})

describe('the lines of a log', () => {
  test.each([
    [
      'in the order of their instants',
      [entry('b', at(2)), entry('c', at(3)), entry('a', at(1))],
      ['a', 'b', 'c'],
    ],
    ['as they came, turned round, where one has none', [entry('b'), entry('a', at(9))], ['a', 'b']],
    ['of an object its message', [entry({ message: 'm', level: 'info' })], ['m']],
    ['of another thing its JSON', [entry({ a: 1 }), entry(7)], ['7', '{"a":1}']],
    ['nothing of what is no entry', [null, 'x', {}, entry(null), entry(undefined)], []],
  ])('are %s', (_, data, lines) => {
    expect(parseLogLines(data)).toEqual(lines)
  })
})
