import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { imagePurl } from '../../../src/notify/image-purl.js'

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`

describe('the package URL of an image', () => {
  it.each([
    [`registry.example.com/shop/nightly@${DIGEST}`, 'nightly', 'registry.example.com/shop/nightly'],
    [
      `registry.example.com:5000/a/b_c/d__e/f-g.h@${DIGEST}`,
      'f-g.h',
      'registry.example.com:5000/a/b_c/d__e/f-g.h',
    ],
    [`localhost:5000/shop:1.2@${DIGEST}`, 'shop', 'localhost:5000/shop'],
    [`[fd00::1]:5000/shop@${DIGEST}`, 'shop', '[fd00::1]:5000/shop'],
  ])('holds what the reference %s says', (uri, name, repository) => {
    expect(read(imagePurl(uri))).toMatchObject({ name, version: DIGEST, repository })
  })

  it('holds the tag, beside a digest and without one', () => {
    expect(read(imagePurl('ghcr.io/acme/shop:v1.2.3'))).toEqual({
      name: 'shop',
      version: undefined,
      repository: 'ghcr.io/acme/shop',
      tag: 'v1.2.3',
    })
    expect(read(imagePurl(`ghcr.io/acme/shop:v1@${DIGEST}`))).toMatchObject({ version: DIGEST, tag: 'v1' })
  })

  it.each([
    '',
    'shop',
    'acme/shop:v1',
    'ghcr.io/acme/shop',
    'https://ghcr.io/acme/shop:v1',
    'ghcr.io/Acme/shop:v1',
    'ghcr.io/acme//shop:v1',
    'ghcr.io/acme/../shop:v1',
    'ghcr.io/acme/shop:-v1',
    'ghcr.io/acme/shop@sha256:abc',
    `ghcr.io/acme/shop@md5:${'a'.repeat(32)}`,
    `ghcr.io/acme/shop:v1\n`,
    `user:hunter2@ghcr.io/acme/shop:v1`,
    `ghcr.io/${'a'.repeat(2000)}:v1`,
  ])('does not exist where the text names no image: %j', (uri) => {
    expect(imagePurl(uri)).toBeUndefined()
  })

  it('reads back whatever it was made of', () => {
    const part = fc.stringMatching(/^[a-z0-9]{1,5}(?:(?:\.|_|__|-{1,3})[a-z0-9]{1,5}){0,2}$/)
    const path = fc.array(part, { minLength: 1, maxLength: 4 })
    const tags = fc.option(fc.stringMatching(/^\w[\w.-]{0,20}$/), { nil: undefined })
    fc.assert(
      fc.property(path, tags, (parts, tag) => {
        const repository = ['registry.example.com', ...parts].join('/')
        const uri = `${repository}${tag === undefined ? '' : `:${tag}`}@${DIGEST}`
        expect(read(imagePurl(uri))).toEqual({ name: parts.at(-1), version: DIGEST, repository, tag })
      }),
    )
  })

  it('is found or refused at once, whatever the text', () => {
    const began = performance.now()
    for (const text of [
      'a-'.repeat(490),
      'a.'.repeat(490),
      `a.b/${'a_'.repeat(480)}!`,
      `a.b/${'a/'.repeat(480)}:`,
    ])
      expect(imagePurl(text)).toBeUndefined()
    expect(performance.now() - began).toBeLessThan(500)
  })
})

/** As the specification says to parse one: split at `?`, `@` and `/`, then decode. */
function read(purl: string | undefined) {
  const [path = '', query = ''] = (purl ?? '').split('?')
  const [head = '', version] = path.split('@')
  const qualifiers = new Map(
    query.split('&').map((entry): [string, string] => {
      const [key = '', value = ''] = entry.split('=')
      return [key, decodeURIComponent(value)]
    }),
  )
  expect([...qualifiers.keys()]).toEqual([...qualifiers.keys()].sort())
  return {
    name: decodeURIComponent(head.replace(/^pkg:oci\//, '')),
    version: version === undefined ? undefined : decodeURIComponent(version),
    repository: qualifiers.get('repository_url'),
    tag: qualifiers.get('tag'),
  }
}
