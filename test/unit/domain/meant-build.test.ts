import { describe, expect, it } from '@jest/globals'
import { meantBuild } from '../../../src/domain/meant-build.js'

const KEY = 'shop/jobs/nightly/quick-fox-1'

describe('the build that is meant', () => {
  it.each([KEY, `${KEY}#concluded`, `${KEY}#BUILDING.2->ops`])('is the one whose key begins %s', (text) => {
    expect(meantBuild(text)).toEqual({ kind: 'keys', keys: [KEY] })
  })

  it.each([
    ['https://api.northflank.com/v1/projects/shop/jobs/nightly/build/quick-fox-1', [KEY]],
    [
      'https://api.northflank.com/v1/teams/acme/projects/shop/services/api/build/b-1?x=1',
      ['teams/acme/shop/services/api/b-1', 'shop/services/api/b-1'],
    ],
    [
      'https://app.northflank.com/t/acme/project/shop/jobs/nightly/builds/quick-fox-1#log',
      [`teams/acme/${KEY}`, KEY],
    ],
    ['http://127.0.0.1:4010/v1/projects/shop/jobs/ni%20ghtly/build/b', ['shop/jobs/ni%20ghtly/b']],
  ])('is that of the address %s', (address, keys) => {
    expect(meantBuild(address)).toEqual({ kind: 'keys', keys })
  })

  it('is any of the id that stands alone', () => {
    expect(meantBuild('quick-fox-1')).toEqual({ kind: 'id', id: 'quick-fox-1' })
  })

  it.each([
    '',
    'shop/nightly',
    'quick fox',
    'https://example.com/quick-fox-1',
    'https://app.northflank.com/t/acme/project/shop/jobs/nightly/builds',
    'https://app.northflank.com/t/acme/project/shop/jobs/nightly/builds/',
    '\ud800',
    '\u001b[31mx',
  ])('is none in %j', (text) => {
    expect(meantBuild(text)).toBeUndefined()
  })
})
