import { describe, expect, test } from '@jest/globals'
import { BASE, loadSettings, type Refusal, testRefusals } from './fixture.js'

const LINK = 'https://app.example.com/t/{team}/project/{project}/{kind}/{resource}/builds/{build}?a={b'
const CURE =
  'is no link; write http:// or https://, a host, and a path such as /project/{project}/{kind}/{resource}'

const refusals: readonly Refusal[] = [
  {
    what: 'too many lines',
    yaml: `${BASE}messages: { log_lines: 51 }\n`,
    says: ['3:24: messages.log_lines: 51 is no number of lines; write 0 to 50'],
  },
  {
    what: 'a placeholder that stands for nothing',
    yaml: `${BASE}messages: { link: "https://x.example/{job}" }\n`,
    says: [
      '3:19: messages.link: "https://x.example/{job}" has {job}, which stands for nothing; known are: team, project, kind, resource, build',
    ],
  },
  ...['nowhere', 'ftp://x.example/a', 'https://{team}.example.com/', 'https://me:pw@x.example/'].map(
    (link) => ({
      what: `${link} as a link`,
      yaml: `${BASE}messages: { link: "${link}" }\n`,
      says: [`3:19: messages.link: "${link}" ${CURE}`],
    }),
  ),
]

describe('messages', () => {
  testRefusals(refusals)

  test('have no link and no lines of a log by default', async () => {
    const { result } = await loadSettings(BASE)
    expect(result.ok && result.configuration.messages).toEqual({ logLines: 0 })
  })

  test('take a link with all there is of a build, and braces of others', async () => {
    const { result } = await loadSettings(`${BASE}messages: { log_lines: 50, link: "${LINK}" }\n`)
    expect(result.ok && result.configuration.messages).toEqual({ logLines: 50, link: LINK })
  })
})
