import { describe, expect, test } from '@jest/globals'
import { parseYaml } from '../../../src/config/parse-yaml.js'
import { childOf, type YamlNode } from '../../../src/config/yaml-node.js'

function nodeOf(text: string, ...path: (string | number)[]): YamlNode | undefined {
  let node = parseYaml(text).root
  for (const key of path) node = node && childOf(node, key)?.node
  return node
}

describe('a scalar keeps how it was written beside how YAML 1.2 reads it:', () => {
  test.each([
    ['12e5678', Number.POSITIVE_INFINITY],
    ['0123', 123],
    ['1.10', 1.1],
    ['0x1F', 31],
    ['true', true],
    ['~', null],
    ['no', 'no'],
    ['12:30', '12:30'],
    ['2026-01-01', '2026-01-01'],
    ['!!str 12', '12'],
    ['"12"', '12'],
  ])('%s', (written, value) => {
    const source = written.replace('!!str ', '').replaceAll('"', '')
    expect(nodeOf(`a: ${written}\n`, 'a')).toMatchObject({ kind: 'scalar', value, source })
  })

  test('texts over several lines are folded', () => {
    expect(nodeOf('a: >-\n  b\n  c\n', 'a')).toMatchObject({ value: 'b c', source: 'b c' })
  })
})

describe('everything keeps its place:', () => {
  const text = 'a:\n  - b: "c"\n  - [d, e]\n'

  test.each([
    [['a'], 'list', 5],
    [['a', 0], 'map', 7],
    [['a', 0, 'b'], 'scalar', 10],
    [['a', 1, 1], 'scalar', 22],
  ])('%j', (path, kind, offset) => {
    expect(nodeOf(text, ...path)).toMatchObject({ kind, offset })
  })

  test('a key, apart from its value', () => {
    const { root } = parseYaml('a: 1\nb: 2\n')
    expect(root && childOf(root, 'b')).toMatchObject({ keyOffset: 5, node: { offset: 8 } })
  })
})

describe('nothing stands', () => {
  test.each(['', '\n', '# a comment\n', '---\n'])('in %j, and that is no fault', (text) => {
    expect(parseYaml(text).faults).toEqual([])
  })

  test('where a path leads to nothing', () => {
    expect([nodeOf('a: [b]\n', 'a', 5), nodeOf('a: [b]\n', 'a', 'b'), nodeOf('a: b\n', 'a', 0)]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })
})

test('what is refused leaves its place, so that its neighbours can be judged', () => {
  const { root, faults } = parseYaml('a: !x 1\nb: 2\n')
  expect(faults).toHaveLength(1)
  expect(root && [childOf(root, 'a')?.node.kind, childOf(root, 'b')?.node.kind]).toEqual([
    'refused',
    'scalar',
  ])
})

test('a text that is no YAML at all gives at most fifty faults', () => {
  expect(parseYaml('"" '.repeat(500)).faults.length).toBeLessThanOrEqual(50)
})

test('a fault of syntax does not quote the text, which may be a secret', () => {
  const faults = [
    'token: |s3cret\n',
    'token: "a" s3cret\n',
    '[a] s3cret\n',
    'a: b: s3cret\n',
    'a: [s3cret\n',
  ].map((text) => JSON.stringify(parseYaml(text).faults))
  expect(faults.filter((fault) => fault === '[]' || fault.includes('s3cret'))).toEqual([])
})
