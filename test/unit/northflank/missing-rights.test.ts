import { describe, expect, test } from '@jest/globals'
import { missingRights, neededRights } from '../../../src/northflank/missing-rights.js'
import { PERMISSIONS } from '../../../src/northflank/permissions.js'

const { readJobBuild, readJobs, readServices } = PERMISSIONS

test('a feed takes the right to list, a build the right to get, and each is named once', () => {
  const job = { kind: 'jobs' } as const
  const service = { kind: 'services' } as const
  expect(
    neededRights([
      { kind: 'feed', ref: job },
      { kind: 'feed', ref: job },
    ]),
  ).toEqual([readJobs])
  expect(neededRights([{ kind: 'build', ref: job }])).toEqual([readJobBuild])
  expect(
    neededRights([
      { kind: 'build', ref: service },
      { kind: 'feed', ref: service },
    ]),
  ).toEqual([readServices])
})

describe('missing is', () => {
  test('what is not granted', () => {
    expect(missingRights([readJobBuild, readJobs], [readJobs])).toEqual([readJobBuild])
    expect(missingRights([readJobBuild, readJobs], [])).toEqual([readJobBuild, readJobs])
  })

  test.each<[string, string[] | undefined]>([
    ['where nothing is known', undefined],
    [
      'where it is written in another way',
      ['project > jobs > general > read', 'project.jobs.deployment.deployBuild'],
    ],
    ['where all above it is granted', ['Project > Jobs']],
    ['where everything is', ['Project > Addons > General > Read', '*']],
    ['where not a word is understood', ['jobs:r', 'deploy']],
  ])('nothing %s', (_name, permissions) => {
    expect(missingRights([readJobBuild, readJobs], permissions)).toEqual([])
  })

  test('what is not granted, where only something below it is', () => {
    expect(missingRights([readJobs], ['Project > Jobs > General > Read > Some'])).toEqual([readJobs])
  })
})
