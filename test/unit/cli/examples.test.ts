import { expect, it } from '@jest/globals'
import { Command } from 'commander'
import { examplesOf, withExamples } from '../../../src/cli/examples.js'

const EXAMPLE = { does: 'follow one build', line: 'buildwatchd watch shop/jobs/web/b' }

it('shows the examples of a command below its help, and knows them', () => {
  const command = withExamples(new Command('watch'), [EXAMPLE])
  let help = ''
  command.configureOutput({ writeOut: (text) => void (help += text) }).outputHelp()
  expect(help).toMatch(/\nExamples:\n {2}# follow one build\n {2}buildwatchd watch shop\/jobs\/web\/b\n$/)
  expect(examplesOf(command)).toEqual([EXAMPLE])
})

it('knows none of a command that has none', () => {
  expect(examplesOf(new Command('run'))).toEqual([])
})
