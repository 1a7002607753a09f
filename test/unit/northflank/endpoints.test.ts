import { describe, expect, test } from '@jest/globals'
import * as fc from 'fast-check'
import { createEndpoints } from '../../../src/northflank/endpoints.js'
import { PATH, REF } from './fixtures.js'

const endpoints = createEndpoints('https://api.example.test')

describe('paths', () => {
  test('a job build without a team', () => {
    expect(endpoints.build(REF).url.href).toBe(`https://api.example.test${PATH}`)
  })

  test('a service build of a team', () => {
    const ref = { team: 'acme', project: 'shop', kind: 'services', resource: 'api', build: 'b-1' } as const
    expect(endpoints.build(ref).url.pathname).toBe('/v1/teams/acme/projects/shop/services/api/build/b-1')
  })

  test('a list has the singular word too, and an encoded query', () => {
    const { url } = endpoints.builds(REF, { perPage: 100, page: 2, cursor: 'a b&c=d/é' })
    expect(url.pathname).toBe('/v1/projects/default-project/jobs/example-job/build')
    expect(url.search).toBe('?per_page=100&page=2&cursor=a+b%26c%3Dd%2F%C3%A9')
  })

  test('the token’s own path has no prefix, and no 404 of it tells anything', () => {
    const { url, permission, isOptional } = endpoints.auth()
    expect([url.href, permission, isOptional]).toEqual(['https://api.example.test/v1/auth', undefined, true])
  })

  test.each([
    ['https://proxy.example.test/northflank/', '/northflank/v1/projects/'],
    ['https://proxy.example.test/a/b//', '/a/b/v1/projects/'],
    ['http://127.0.0.1:8080?x=1#y', '/v1/projects/'],
  ])('below the base %s', (base, begin) => {
    const { url } = createEndpoints(base).build(REF)
    expect(url.pathname.startsWith(begin)).toBe(true)
    expect(url.search + url.hash).toBe('')
  })

  test.each(['', '.', '..', '\ud800'])('the id %j cannot be said in a path and is refused', (build) => {
    expect(() => endpoints.build({ ...REF, build })).toThrow(
      expect.objectContaining({ code: 'API_NOT_FOUND', retryable: false }),
    )
  })

  test('no id changes the shape of the path, and each can be read back', () => {
    const id = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/^\.{1,2}$/.test(text))
    fc.assert(
      fc.property(fc.tuple(id, id, id, id), ([team, project, resource, build]) => {
        const { url } = endpoints.build({ team, project, kind: 'jobs', resource, build })
        const words = ['', 'v1', 'teams', team, 'projects', project, 'jobs', resource, 'build', build]
        expect(new URL(url.href).pathname.split('/').map(decodeURIComponent)).toEqual(words)
        expect(url.search + url.hash).toBe('')
      }),
    )
  })
})

describe('the right that a read takes', () => {
  test('a single job build takes the right that also starts builds', () => {
    expect(endpoints.build(REF).permission).toBe('Project > Jobs > Deployment > Deploy Build')
  })

  test('all other reads take General > Read', () => {
    const service = { ...REF, kind: 'services' } as const
    expect(endpoints.build(service).permission).toBe('Project > Services > General > Read')
    expect(endpoints.builds(service, {}).permission).toBe('Project > Services > General > Read')
    expect(endpoints.builds(REF, {}).permission).toBe('Project > Jobs > General > Read')
  })
})

test.each(['api.northflank.com', '', 'ftp://x.test', 'https://user:hunter22@x.test'])(
  'the base URL %j is refused and not repeated',
  (base) => {
    expect(() => createEndpoints(base)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }))
    expect(() => createEndpoints(base)).not.toThrow(/hunter22/)
  },
)
