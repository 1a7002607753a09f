import { describe, expect, test } from '@jest/globals'
import { localSimulator, scriptOf } from './local-simulator.js'

const LOGS = '/v1/projects/shop/jobs/web/build-logs?queryType=range'

async function linesOf(json: (path: string) => Promise<{ data: unknown }>, query: string): Promise<string[]> {
  const { data } = await json(`${LOGS}&${query}`)
  if (!Array.isArray(data)) throw new Error('no list of lines')
  return data.map(({ log }: { log: string }) => log)
}

describe('the log of a build', () => {
  test('grows with the build, and ends with its own lines and its end', async () => {
    const { json, pass } = await localSimulator({ builds: [scriptOf('b-1', { log: ['npm ci', 'done'] })] })
    const running = await linesOf(json, 'buildId=b-1&direction=forward')
    pass(2000)
    const ended = await linesOf(json, 'buildId=b-1&direction=forward')
    expect(running[0]).toMatch(/^Building main at [\da-f]{12}$/)
    expect(running).not.toContain('npm ci')
    expect(ended.slice(-3)).toEqual(['npm ci', 'done', 'SUCCESS'])
  })

  test('is told backwards and in part, as asked for', async () => {
    const { json, pass } = await localSimulator({ builds: [scriptOf('b-1', { log: ['npm ci', 'done'] })] })
    pass(2000)
    expect(await linesOf(json, 'buildId=b-1&direction=backward&lineLimit=2')).toEqual(['SUCCESS', 'done'])
    expect(await linesOf(json, 'buildId=nobody')).toEqual([])
  })

  test('takes a right of its own', async () => {
    const tokens = [{ token: 'other', permissions: ['readJobs', 'readJobBuild'] as const }]
    const { get } = await localSimulator({ tokens: ['t', ...tokens] })
    const answer = await get(LOGS, { headers: { authorization: 'Bearer other' } })
    expect(answer.status).toBe(403)
    expect(await answer.text()).toContain('Project > Jobs > Deployment > View Instance Logs')
  })
})
