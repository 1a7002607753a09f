/**
 * An example of a notifier of your own: appends one JSON line per event to a file. Name it in the settings by its path:
 *
 *   notifiers:
 *     spool: { type: ./notifiers/spool.js, file: /var/spool/builds.jsonl }
 *
 * The default export is a NotifierPlugIn (`import type { NotifierPlugIn } from 'buildwatchd'`).
 */
import { appendFile } from 'node:fs/promises'

export default {
  summary: 'Appends one JSON line per event to a file.',

  // Any Standard Schema does (zod, valibot, arktype); this one is written by hand, to need no package.
  options: {
    '~standard': {
      version: 1,
      vendor: 'buildwatchd-example',
      validate(value) {
        const unknown = Object.keys(value).filter((key) => key !== 'file')
        const issues = unknown.map((key) => ({ path: [key], message: 'is not known; there is: file' }))
        if (typeof value.file !== 'string' || !value.file.startsWith('/'))
          issues.push({ path: ['file'], message: 'must be an absolute path' })
        return issues.length > 0 ? { issues } : { value }
      },
    },
  },

  create({ options }) {
    return {
      render: ({ event }) =>
        JSON.stringify({ id: event.id, subject: event.subject, time: event.time, data: event.data }),
      async send({ body, idempotencyKey }, { signal, logger }) {
        try {
          await appendFile(options.file, `${body}\n`, { signal })
          logger.debug({ idempotencyKey }, 'appended')
        } catch (error) {
          // A missing folder will not appear by itself within a minute: still worth a retry. A refusal ends the delivery.
          return error.code === 'EISDIR'
            ? { kind: 'refused', reason: `${options.file} is a directory` }
            : { kind: 'retry', reason: error.code ?? 'cannot be written' }
        }
      },
    }
  },
}
