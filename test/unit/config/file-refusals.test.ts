import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { loadConfiguration } from '../../../src/config/load-configuration.js'
import { formatProblem } from '../../../src/config/problem.js'
import { BASE, ENV, folderOf, KINDS, load, testRefusals } from './fixture.js'

async function problemsOf(path: string): Promise<string[]> {
  const result = await loadConfiguration(path, { env: ENV, notifierKinds: KINDS })
  return result.ok ? [] : result.problems.map(formatProblem)
}

describe('a settings file is refused', () => {
  test('that does not exist', async () => {
    const path = join(await folderOf({}), 'settings.yaml')
    expect(await problemsOf(path)).toEqual([
      `${path}:1:1: does not exist; check the path, or create the file`,
    ])
  })

  test('that is a folder', async () => {
    const folder = await folderOf({})
    expect(await problemsOf(folder)).toEqual([`${folder}:1:1: is a folder; name a file`])
  })

  test('that is no regular file', async () => {
    expect(await problemsOf('/dev/null')).toEqual([
      '/dev/null:1:1: is no regular file; name a file that can be read again',
    ])
  })

  test('that lies below a file', async () => {
    const path = join(await folderOf({ 'settings.yaml': BASE }), 'settings.yaml', 'more.yaml')
    expect(await problemsOf(path)).toEqual([
      `${path}:1:1: does not exist; check the path, or create the file`,
    ])
  })

  test('that is larger than 256 KiB', async () => {
    const { problems } = await load({ 'settings.yaml': `${BASE}#${'x'.repeat(256 * 1024)}` })
    expect(problems).toEqual([
      'settings.yaml:1:1: is larger than 256 KiB; split the watches over several watchlists',
    ])
  })

  test('that is not UTF-8, naming the first place', async () => {
    const latin = Buffer.concat([Buffer.from(`${BASE}# gr`), Buffer.from([0xfc]), Buffer.from('n\n')])
    const { problems } = await load({ 'settings.yaml': latin })
    expect(problems).toEqual(['settings.yaml:3:5: is not UTF-8 from here on; save the file as UTF-8'])
  })

  test('that was saved as UTF-16', async () => {
    const { problems } = await load({ 'settings.yaml': Buffer.from(`\uFEFF${BASE}`, 'utf16le') })
    expect(problems).toEqual(['settings.yaml:1:1: is not UTF-8 from here on; save the file as UTF-8'])
  })
})

describe('text that YAML does not allow is refused:', () => {
  testRefusals([
    {
      what: 'a null byte',
      yaml: `${BASE}log: \0\n`,
      says: ['3:6: holds a control character here; take it out'],
    },
    {
      what: 'a bracket that is never closed',
      yaml: 'accounts: [1\n',
      says: [
        '2:1: is no valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]; indent it like the lines it belongs with',
      ],
    },
    {
      what: 'two keys on one line',
      yaml: 'accounts: default: x\n',
      says: [
        '1:11: is no valid YAML: Nested mappings are not allowed in compact mappings; put one key on a line, or quote a text that holds ": "',
      ],
    },
    {
      what: 'a tab for indentation',
      yaml: 'accounts:\n\tdefault: {}\n',
      says: ['2:1: is no valid YAML: Tabs are not allowed as indentation; indent with blanks'],
    },
    {
      what: 'a backslash in double quotes',
      yaml: 'redis: { data_dir: "C:\\data" }\n',
      says: [
        '1:23: is no valid YAML: Invalid escape sequence \\d; write a backslash as \\\\, or use single quotes',
      ],
    },
    {
      what: 'a second document',
      yaml: `${BASE}---\nredis: {}\n`,
      says: ['3:1: a second document starts here; write one document per file'],
    },
    {
      what: 'another version of YAML',
      yaml: `%YAML 1.1\n---\n${BASE}`,
      says: ['1:1: asks for another version of YAML; take the %YAML line out: files are read as YAML 1.2'],
    },
    {
      what: 'thousands of open brackets',
      yaml: '['.repeat(100_000),
      says: ['1:65: is nested too deeply; nest at most 16 levels'],
    },
    {
      what: 'thousands of lists in lists on one line',
      yaml: `${BASE}redis:\n  ${'- '.repeat(100_000)}`,
      says: ['4:257: is nested too deeply; nest at most 16 levels'],
    },
    {
      what: 'thousands of lists in lists behind anchors',
      yaml: `${BASE}redis:\n  ${'- &a '.repeat(50_000)}`,
      says: ['4:257: is nested too deeply; nest at most 16 levels'],
    },
    {
      what: 'thousands of keys that are maps',
      yaml: '? '.repeat(100_000),
      says: ['1:256: is nested too deeply; nest at most 16 levels'],
    },
    {
      what: 'hundreds of levels, each on its line',
      yaml: Array.from({ length: 600 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join(''),
      says: ['258:257: is nested too deeply; nest at most 16 levels'],
    },
  ])
})

describe('YAML that is of no use here is refused:', () => {
  testRefusals([
    {
      what: 'an alias, even without its anchor being large',
      yaml: `${BASE}redis: { prefix: &name x, url: *name }\n`,
      says: [
        '3:32: redis.url: aliases (*name) are not read; write the value out, or put a text that starts with * in quotes',
      ],
    },
    {
      what: 'a tag of its own',
      yaml: `${BASE}redis: { prefix: !env NAME }\n`,
      says: [
        '3:23: redis.prefix: the tag !env is not known; take it out, or put a text that starts with ! in quotes',
      ],
    },
    {
      what: 'a tag of YAML that gives no plain value',
      yaml: `${BASE}redis: { prefix: !!binary aGk= }\n`,
      says: [
        '3:27: redis.prefix: the tag !!binary is not known; take it out: plain texts, numbers, lists and maps are all that is needed',
      ],
    },
    {
      what: 'a key given twice',
      yaml: `${BASE}log: { level: info, level: warn }\n`,
      says: ['3:21: log.level: stands here a second time; keep one of the two'],
    },
    {
      what: 'a key that reaches into JavaScript',
      yaml: `${BASE}redis: { __proto__: { port: 1 } }\n`,
      says: ['3:10: redis.__proto__: is no key; take it out'],
    },
    {
      what: 'a key that is a number',
      yaml: 'accounts:\n  default: { token: "${TOKEN}" }\n  123: { token: "${TOKEN}" }\n',
      says: ['3:3: accounts: the key 123 is no text; put it in quotes: "123"'],
    },
    {
      what: 'a key that is a list',
      yaml: `${BASE}[a, b]: c\n`,
      says: ['3:1: a key must be a text; write name: value'],
    },
    {
      what: 'more than 16 levels',
      yaml: `${BASE}redis: { url: ${'['.repeat(20)}${']'.repeat(20)} }\n`,
      says: [
        '3:15: redis.url: is no text; write embedded, redis://host:6379 or rediss://host:6379',
        `3:30: redis.url${'[0]'.repeat(15)}: is nested too deeply; nest at most 16 levels`,
      ],
    },
    {
      what: 'a reference that is none',
      yaml: `${BASE}redis: { data_dir: "\${X Y}" }\n`,
      says: [
        '3:20: redis.data_dir: holds a ${ that starts no reference; write ${NAME}, ${NAME:-default}, or $${ for a literal ${',
      ],
    },
    {
      what: 'several variables that are not set, all at once',
      yaml: `${BASE}redis: { data_dir: "\${NOPE}/\${NADA}", prefix: "\${NIL}" }\n`,
      says: [
        '3:20: redis.data_dir: the environment variable NOPE and NADA are not set; set it, or give a default where one will do: ${NOPE:-…}',
        '3:47: redis.prefix: the environment variable NIL is not set; set it, or give a default where one will do: ${NIL:-…}',
      ],
    },
  ])
})

describe('a watchlist is refused', () => {
  test('that is named and does not exist, where it is named', async () => {
    const { problems } = await load({ 'settings.yaml': `${BASE}watchlists: [lists/shop.yaml]\n` })
    expect(problems).toEqual([
      'settings.yaml:3:14: watchlists[0]: there is no file lists/shop.yaml; create it, or correct the path (relative to the settings file)',
    ])
  })

  test('that is a folder', async () => {
    const folder = await folderOf({ 'settings.yaml': `${BASE}watchlists: [lists]\n` })
    await mkdir(join(folder, 'lists'))
    expect(await problemsOf(join(folder, 'settings.yaml'))).toEqual([
      `${join(folder, 'lists')}:1:1: is a folder; name a file`,
    ])
  })

  test('that holds settings or anything else', async () => {
    const { problems, folder } = await load({
      'settings.yaml': `${BASE}watchlists: [shop.yaml]\n`,
      'shop.yaml': 'redis: {}\nwatch: []\n',
    })
    expect(problems.map((problem) => problem.replace(folder, ''))).toEqual([
      'shop.yaml:1:1: redis: belongs to the settings; move it to settings.yaml',
      'shop.yaml:2:1: watch: is no known key; did you mean watches? (known are: watches)',
    ])
  })

  test('that is a list', async () => {
    const { problems } = await load({
      'settings.yaml': `${BASE}watchlists: [shop.yaml]\n`,
      'shop.yaml': '- { project: p }\n',
    })
    expect(problems).toEqual(['shop.yaml:1:1: a list is no map; write "key: value" lines below it'])
  })

  test('together with the settings and other watchlists, in the order of reading', async () => {
    const { problems } = await load({
      'settings.yaml': `${BASE}watchlists: ["*.yaml"]\nhttp: 1\n`,
      'b.yaml': 'watches: 1\n',
      'a.yaml': 'watches: 2\nnope: 3\n',
    })
    expect(problems.map((problem) => problem.split(': ', 1)[0])).toEqual([
      'settings.yaml:4:7',
      'a.yaml:1:10',
      'a.yaml:2:1',
      'b.yaml:1:10',
    ])
  })
})
