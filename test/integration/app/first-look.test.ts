import { expect, it } from '@jest/globals'
import { eventually } from '../../support/eventually.js'
import { daemonBench, feed, TOKEN } from './daemon-bench.js'

const bench = daemonBench()

const looks = (): number =>
  bench
    .api()
    .served()
    .filter(({ path }) => path === '/v1/auth').length

it('a daemon names the rights that its token lacks, and asks for them once an hour, restarts included', async () => {
  bench.api().setPermissions(TOKEN, ['readServices'])
  await bench.writeSettings()
  await bench.writeList('shop', [feed('nightly')])
  const first = await bench.start()
  const line = await bench.said('the token lacks rights')
  expect(line).toMatchObject({
    level: 'warn',
    fields: { account: 'default', missing: ['Project > Jobs > General > Read'] },
  })
  expect(looks()).toBe(1)
  await first.stop()
  const before = bench.lines.length
  await bench.start()
  const asked = bench.asked('nightly')
  await eventually(() => bench.asked('nightly') > asked, { what: 'a poll', withinMs: 10_000 })
  expect(bench.lines.slice(before).filter(({ message }) => message.startsWith('the token lacks'))).toEqual([])
  expect(looks()).toBe(1)
})
