import { describe, expect, test } from '@jest/globals'
import { configurationOf } from './fixture.js'

describe('the pace of a notifier', () => {
  const paceOf = async (entries: string) =>
    (
      await configurationOf({
        'settings.yaml': `accounts: { default: { token: "\${TOKEN}" } }\nnotifiers: { ops: { ${entries} } }\n`,
      })
    ).notifiers.get('ops')

  test('is eight at a time, unlimited and each event alone by default', async () => {
    expect(await paceOf('type: log')).toMatchObject({ pace: { concurrency: 8, groupMs: 0 } })
  })

  test.each([
    ['2/s', { max: 2, perMs: 1000 }],
    ['30/1m', { max: 30, perMs: 60_000 }],
    ['500/12h', { max: 500, perMs: 43_200_000 }],
  ])('is as its settings say: %s', async (limit, rate) => {
    expect((await paceOf(`type: log, concurrency: 1, rate_limit: ${limit}, group: 30s`))?.pace).toEqual({
      concurrency: 1,
      groupMs: 30_000,
      rate,
    })
  })

  test('stands beside the options of a plug-in, which keeps where its code is', async () => {
    expect(await paceOf('type: ./moody.js, mood: sunny')).toEqual({
      name: 'ops',
      type: './moody.js',
      module: 'file:///moody.js',
      options: { mood: 'sunny' },
      secrets: {},
      pace: { concurrency: 8, groupMs: 0 },
    })
  })
})
