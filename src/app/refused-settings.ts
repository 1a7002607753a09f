import { BuildwatchdError } from '../domain/errors.js'

/** The settings cannot be used: one line for each thing that is wrong, which begins with file, line and column. */
export class RefusedSettings extends BuildwatchdError {
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super('CONFIG_INVALID', problems.join('\n'))
    this.problems = problems
  }
}
