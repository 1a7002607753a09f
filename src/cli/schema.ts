import { jsonSchemas } from '../app/schemas.js'
import { BuildwatchdError } from '../domain/errors.js'
import { EXIT } from './exit-codes.js'
import type { CliIo } from './io.js'

/** `schema`: one of the published JSON Schemas on stdout. */
export async function schema(name: string, io: CliIo): Promise<number> {
  const schemas = jsonSchemas()
  const wanted = Object.hasOwn(schemas, name) ? schemas[name] : undefined
  if (!wanted) {
    throw new BuildwatchdError(
      'USAGE',
      `there is no schema ${JSON.stringify(name)}; there are: ${Object.keys(schemas).join(', ')}`,
    )
  }
  io.stdout.write(`${JSON.stringify(wanted, null, 2)}\n`)
  return EXIT.done
}
