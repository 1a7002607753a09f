import { describe, expect, it } from '@jest/globals'
import { EXIT, exitCodeOfError, exitCodeOfOutcome } from '../../../src/cli/exit-codes.js'
import {
  ApiError,
  type ApiErrorCode,
  BuildwatchdError,
  ERRORS,
  type ErrorCode,
} from '../../../src/domain/errors.js'
import { OUTCOMES } from '../../../src/domain/outcome.js'
import { bare, readPage, rowsOf, section } from './markdown.js'

const CODES = Object.keys(ERRORS).filter(isCode)

function isCode(text: string): text is ErrorCode {
  return text in ERRORS
}

function isApiCode(code: ErrorCode): code is ApiErrorCode {
  return code.startsWith('API_')
}

function errorOf(code: ErrorCode): BuildwatchdError {
  return isApiCode(code) ? new ApiError(code, '', { retryable: false }) : new BuildwatchdError(code, '')
}

describe('docs/errors.md', () => {
  const rows = rowsOf(readPage('docs/errors.md'))

  it('lists exactly the public codes, in the order of the catalogue', () => {
    expect(rows.map(([code = '']) => bare(code))).toEqual(CODES)
  })

  it('gives each code the meaning that the catalogue gives it', () => {
    expect(rows.map(([, meaning]) => meaning)).toEqual(Object.values(ERRORS))
  })

  it('says of each code what to do', () => {
    expect(rows.filter(([, , cure = '']) => cure.length < 5)).toEqual([])
  })

  it('names the exit code that a command ends with', () => {
    const documented = rows.map(([code = '', , , exit]) => [bare(code), Number(exit)])
    expect(documented).toEqual(CODES.map((code) => [code, exitCodeOfError(errorOf(code))]))
  })
})

describe('the exit codes in docs/cli.md', () => {
  const documented = rowsOf(section(readPage('docs/cli.md'), '## Exit codes'))

  it('are those that the code has, and those of signals', () => {
    const known = [...new Set<number>(Object.values(EXIT))].sort((a, b) => a - b)
    expect(documented.map(([code = '']) => Number(bare(code)))).toEqual([...known, 130, 143])
  })

  it.each(OUTCOMES)('name the outcome %s in the row of its exit code', (outcome) => {
    const row = documented.find(([code = '']) => Number(bare(code)) === exitCodeOfOutcome(outcome))
    expect(row?.join()).toContain(`\`${outcome}\``)
  })
})
