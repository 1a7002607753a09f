/** A template that cannot be rendered is refused where it stands, before any event needs it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { checkSettings } from '../../../src/app/settings.js'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'buildwatchd-templates-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function problemsOf(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  const env = { TOKEN: 'token-of-the-account', SLACK_URL: 'https://hooks.slack.com/services/T/B/x' }
  const checked = await checkSettings(join(folder, 'settings.yaml'), env, { strict: true })
  return checked.problems.map((problem) => problem.replaceAll(`${folder}/`, ''))
}

const settings = (
  ofNotifier: string,
  ofRoute: string,
): string => `accounts: { default: { token: "\${TOKEN}" } }
notifiers:
  ops: { type: slack, webhook_url: "\${SLACK_URL}", template: '${ofNotifier}' }
notify: [{ to: ops, on: [failure], template: '${ofRoute}' }]
watchlists: [list.yaml]
`
const watchlist = (template: string): string =>
  `watches: [{ project: p, job: j, notify: [{ to: ops, on: [failure], template: '${template}' }] }]\n`

it('is refused at a notifier, at a default route and at a route of a watchlist, each with its place', async () => {
  const problems = await problemsOf({
    'settings.yaml': settings('{{ x', 'one {% for %}'),
    'list.yaml': watchlist('{{ 1 | shout }}'),
  })
  expect(problems).toEqual([
    expect.stringMatching(
      /^settings\.yaml:3:\d+: notifiers\.ops\.template: .*output "\{\{ x" not closed \(line 1, column 1\)$/,
    ),
    expect.stringMatching(
      /^settings\.yaml:4:\d+: notify\[0\]\.template: .*illegal tag: .*\(line 1, column 5\)$/,
    ),
    expect.stringMatching(
      /^list\.yaml:1:\d+: watches\[0\]\.notify\[0\]\.template: .*undefined filter: shout \(line 1, column 1\)$/,
    ),
  ])
})

it('is taken where every event can fill it', async () => {
  const good = '{{ event.data.build.branch }}: {{ message.words }}'
  expect(await problemsOf({ 'settings.yaml': settings(good, good), 'list.yaml': watchlist(good) })).toEqual(
    [],
  )
})
