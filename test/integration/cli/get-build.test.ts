/** `get job build` against the pages of Northflank's documentation: what they show is what comes, byte for byte. */
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { parse } from 'yaml'
import { portOf } from '../../support/connect-proxy.js'
import { captured } from '../../unit/cli/captured.js'

const EXECUTABLE = fileURLToPath(new URL('../../../dist/main.js', import.meta.url))

/** "Example Response, 200 OK" of *get job build*. */
const ANSWER = `{
  "data": {
    "id": "joyous-view-6290",
    "branch": "main",
    "status": "SUCCESS",
    "sha": "12c15e7ee25fd78f567ebf87f9178b8ad70025b3",
    "concluded": true,
    "createdAt": "2021-07-28T15:55:38.296Z",
    "success": true,
    "message": "Image successfully built",
    "buildConcludedAt": 1606237973
  }
}`

/** "CLI reference, Example Response" of the same page. */
const PRINTED = `{
  "id": "joyous-view-6290",
  "branch": "main",
  "status": "SUCCESS",
  "sha": "12c15e7ee25fd78f567ebf87f9178b8ad70025b3",
  "concluded": true,
  "createdAt": "2021-07-28T15:55:38.296Z",
  "success": true,
  "message": "Image successfully built",
  "buildConcludedAt": 1606237973
}
`

const EXAMPLE = ['--projectId', 'default-project', '--jobId', 'example-job', '--buildId', 'joyous-view-6290']

let server: Server
let env: Record<string, string>
let answer: string
let asked: string[]

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    response.end(answer)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  env = { NORTHFLANK_API_TOKEN: 'any-token', NORTHFLANK_API_URL: `http://127.0.0.1:${portOf(server)}` }
})

beforeEach(() => {
  answer = ANSWER
  asked = []
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

/** As {@link captured}, for what goes well. */
async function printed(...argv: string[]): Promise<string> {
  const { code, stdout, stderr } = await captured(argv, env)
  expect([code, stderr]).toEqual([0, ''])
  return stdout
}

describe('the example of the documentation', () => {
  it('is asked for and printed as it stands there', async () => {
    const { PATH = '' } = process.env
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      [EXECUTABLE, 'get', 'job', 'build', ...EXAMPLE, '-o', 'json'],
      { cwd: tmpdir(), env: { PATH, ...env } },
    )
    expect(stdout).toBe(PRINTED)
    expect(stderr).toBe('')
    expect(asked).toEqual(['GET /v1/projects/default-project/jobs/example-job/build/joyous-view-6290'])
  })

  it('is asked for on the path of a team where one is named', async () => {
    expect(await printed('get', 'job', 'build', ...EXAMPLE, '--teamId', 'acme', '--output', 'json')).toBe(
      PRINTED,
    )
    expect(asked).toEqual([
      'GET /v1/teams/acme/projects/default-project/jobs/example-job/build/joyous-view-6290',
    ])
  })

  it('reads as people write it without a format, and owns to no duration, for it ends before it begins', async () => {
    expect((await printed('get', 'job', 'build', ...EXAMPLE)).replaceAll(/\(\d+ d ago\)/g, '(… d ago)')).toBe(
      [
        'build      joyous-view-6290',
        'status     SUCCESS',
        'outcome    success',
        'branch     main',
        'commit     12c15e7ee25fd78f567ebf87f9178b8ad70025b3',
        'created    2021-07-28 15:55:38Z (… d ago)',
        'concluded  2020-11-24 17:12:53Z (… d ago)',
        'message    Image successfully built',
        '',
      ].join('\n'),
    )
  })
})

describe('an id that looks like a number', () => {
  it.each(['007', '1e3', '0x10', '12345678901234567890', 'true', 'null', '-1'])(
    '%j stays the text that it is',
    async (id) => {
      answer = JSON.stringify({ data: { id, sha: '1234567', branch: '1e5' } })
      const argv = ['get', 'service', 'build', '--project', id, '--service', id, '--build', id]
      expect(parse(await printed(...argv, '-o', 'yaml'))).toEqual({ id, sha: '1234567', branch: '1e5' })
      expect(JSON.parse(await printed(...argv, '-o', 'json')).id).toBe(id)
      expect(await printed(...argv)).toMatch(new RegExp(`^build +${id}$`, 'm'))
      expect(new Set(asked)).toEqual(new Set([`GET /v1/projects/${id}/services/${id}/build/${id}`]))
    },
  )
})

describe('--verbose', () => {
  it('says on stderr whom it asks, and leaves stdout to the result', async () => {
    const argv = ['get', 'job', 'build', ...EXAMPLE, '-o', 'json', '--verbose']
    expect(await captured(argv, env)).toEqual({
      code: 0,
      stdout: PRINTED,
      stderr: `asking ${env['NORTHFLANK_API_URL']} as NORTHFLANK_API_TOKEN\n`,
    })
  })
})
