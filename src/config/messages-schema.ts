import { z } from 'zod'

const LOG_LINES = '{} is no number of lines; write 0 to 50'

export const messagesSchema = z
  .strictObject({
    log_lines: z.number().int(LOG_LINES).min(0, LOG_LINES).max(50, LOG_LINES).default(0).meta({
      description:
        'So many of the last lines of the log of a build that failed; each costs a request. 0: none.',
    }),
    link: z.string().min(1).max(2000).optional().meta({
      description:
        'Where a person sees a build, with {team}, {project}, {kind}, {resource} and {build}; absent: no link.',
    }),
  })
  .prefault({})
  .meta({ description: 'What messages for people say beyond their events.' })
