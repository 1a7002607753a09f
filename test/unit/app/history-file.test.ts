import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { readHistoryFile } from '../../../src/app/history-file.js'

let folder: string
let file: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'history-'))
  file = join(folder, 'builds.csv')
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

const read = (text: string) => {
  writeFileSync(file, text)
  return readHistoryFile(file)
}

describe('a file of past builds', () => {
  it('is read by the names of its columns, in whatever order, the newest build first', async () => {
    const text =
      'outcome,duration_s,job,started_at_epoch_s\r\nsuccess,60,a,100\r\nfailure,1.5,a,200\r\n,7,"b,""c""",3\n\n'
    expect(await read(text)).toEqual(
      new Map([
        [
          'a',
          [
            { createdAt: 200_000, durationMs: 1500 },
            { createdAt: 100_000, durationMs: 60_000 },
          ],
        ],
        ['b,"c"', [{ createdAt: 3000, durationMs: 7000 }]],
      ]),
    )
  })

  it.each([
    ['job,duration_s\n', 1, 'must name the columns'],
    ['', 1, 'must name the columns'],
    ['job,started_at_epoch_s,duration_s\na,1,2\na,1,\n', 3, 'duration above 0'],
    ['job,started_at_epoch_s,duration_s\n,1,2\n', 2, 'holds no job'],
    ['job,started_at_epoch_s,duration_s\na,yesterday,2\n', 2, 'holds no job with a start'],
    ['job,started_at_epoch_s,duration_s\na,1700000000000,2\n', 2, 'both in seconds'],
  ])('is refused by file and line: %j', async (text, line, why) => {
    await expect(read(text)).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(new RegExp(`builds\\.csv:${line}: .*${why}`)),
    })
  })

  it('may be gzipped', async () => {
    writeFileSync(`${file}.gz`, gzipSync('job,started_at_epoch_s,duration_s\na,1,2\n'))
    expect(await readHistoryFile(`${file}.gz`)).toEqual(
      new Map([['a', [{ createdAt: 1000, durationMs: 2000 }]]]),
    )
  })

  it('that is not there is named', async () => {
    await expect(readHistoryFile(join(folder, 'none.csv'))).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('none.csv cannot be read (ENOENT)'),
    })
  })
})
