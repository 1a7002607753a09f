import { describe, expect, it } from '@jest/globals'
import { patientTable, standardTable } from '../../../src/notify/status-table.js'

const ALL = Array.from({ length: 500 }, (_, index) => 100 + index)

const codesFor = (table: typeof standardTable, verdict: string) =>
  ALL.filter((code) => table(code, '') === verdict)

describe('standardTable', () => {
  it('accepts 2xx alone', () => {
    expect(codesFor(standardTable, 'accepted')).toEqual(range(200, 299))
  })

  it('takes 410 alone for the end of the endpoint', () => {
    expect(codesFor(standardTable, 'gone')).toEqual([410])
  })

  it('retries what time can mend: 408, 425, 429 and 5xx', () => {
    expect(codesFor(standardTable, 'retry')).toEqual([...range(100, 199), 408, 425, 429, ...range(500, 599)])
  })

  it('takes redirects and all other 4xx for permanent', () => {
    expect(codesFor(standardTable, 'refused')).toHaveLength(100 + 100 - 4)
  })
})

describe('patientTable', () => {
  it('retries everything but 2xx and 410', () => {
    expect(codesFor(patientTable, 'accepted')).toEqual(range(200, 299))
    expect(codesFor(patientTable, 'gone')).toEqual([410])
    expect(codesFor(patientTable, 'retry')).toHaveLength(500 - 100 - 1)
  })
})

function range(first: number, last: number): number[] {
  return ALL.filter((code) => code >= first && code <= last)
}
