import { z } from 'zod'
import { listError } from './values-schema.js'

const MAX_GLOBS = 100
const MAX_GLOB_LENGTH = 255

const globSchema = z
  .string()
  .max(MAX_GLOB_LENGTH, `is longer than ${MAX_GLOB_LENGTH} characters; write a pattern such as release/*`)
  .regex(/^(?!!?$)/u, '{} names no branch; write a name or pattern such as main, release/* or !release/old-*')
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, '{} holds a control character; write a name or pattern such as release/*')

/** Of a watch or a route; `without` says what leaving it out means. */
export function branchesSchema(without: string) {
  return z
    .array(globSchema, { error: listError })
    .min(1, `is empty; name branches, or leave it out to ${without}`)
    .max(MAX_GLOBS, `has more than ${MAX_GLOBS} entries; join them with * and ?`)
    .meta({
      description:
        'Names and patterns of branches; * and ? stop at a slash, ** does not, ! takes away, the last that matches decides.',
    })
}
