import { jsonSchemas } from '../app/schemas.js'
import { BuildwatchdError } from '../domain/errors.js'
import { SCHEMA_NAMES } from '../domain/schema-names.js'
import { EXIT } from './exit-codes.js'
import type { CliIo } from './io.js'

/** `schema`: one of the published JSON Schemas on stdout. */
export async function schema(name: string, io: CliIo): Promise<number> {
  const wanted = SCHEMA_NAMES.find((known) => known === name)
  if (!wanted) {
    throw new BuildwatchdError(
      'USAGE',
      `there is no schema ${JSON.stringify(name)}; there are: ${SCHEMA_NAMES.join(', ')}`,
    )
  }
  io.stdout.write(`${JSON.stringify(jsonSchemas()[wanted], null, 2)}\n`)
  return EXIT.done
}
