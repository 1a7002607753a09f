/**
 * The user's own words, as a Liquid template. It sees the event's members, those that are told along, the briefing and the
 * default message; what is interpolated is escaped by the rules of the notifier's service, the template's own text is not.
 */
import { z } from 'zod'
import { BuildwatchdError } from '../domain/errors.js'
import type { Briefing, Occasion } from '../domain/occasion.js'
import { SAMPLE_WORDS, sampleEvent } from '../domain/sample-events.js'
import { type Escape, type LiquidText, LONGEST_TEMPLATE, renderLiquid, unknownNames } from './liquid.js'
import { messageOf } from './message.js'

export type { Escape } from './liquid.js'

export const templateOption = z
  .string()
  .min(1)
  .max(LONGEST_TEMPLATE)
  .superRefine((template, context) => {
    const fault = checkTemplate(template)
    if (fault !== undefined) context.addIssue({ code: 'custom', message: fault })
  })
  .optional()
  .describe('A Liquid template for the text of the message, in place of the default one.')

/**
 * The route's or the notifier's own text of this occasion, cut where it is too long: by what others write it may be, and is told
 * all the same. `undefined` where neither has one, or it says nothing. One that this very event makes impossible to render is no
 * reason to keep silent: then it is the default words, and why they are not its own.
 */
export async function ownText(
  occasion: Occasion,
  ofNotifier: string | undefined,
  escape: Escape,
): Promise<string | undefined> {
  const template = occasion.template ?? ofNotifier
  if (template === undefined) return undefined
  try {
    const { text } = rendered(template, occasion, escape)
    return text.trim() === '' ? undefined : text
  } catch (error) {
    const whose = occasion.template === undefined ? 'notifier' : 'route'
    const { subject, words } = messageOf(occasion)
    const fault = `(the template of the ${whose} cannot be rendered: ${wordsOf(error)})`
    return `${escape(`${subject} ${words}`)}\n${escape(fault)}`
  }
}

/** What a template sees. */
const SCOPE = ['event', 'events', 'briefing', 'message']

function rendered(template: string, occasion: Occasion, escape: Escape): LiquidText {
  const { event, together, briefing } = occasion
  const scope = {
    event,
    events: together.length > 0 ? together : [event],
    briefing,
    message: messageOf(occasion),
  }
  return renderLiquid(template, scope, escape)
}

/** What is wrong with a template, by reading it and rendering a sample of each kind of event; `undefined`: nothing is. */
export function checkTemplate(template: string): string | undefined {
  try {
    const [unknown] = unknownNames(template, SCOPE)
    if (unknown !== undefined)
      return `names ${JSON.stringify(unknown)}, which there is not; there are: ${SCOPE.join(', ')}`
  } catch (error) {
    return `is no template: ${wordsOf(error)}`
  }
  for (const [what, occasion] of trialOccasions()) {
    try {
      const { cut } = rendered(template, occasion, (text) => text)
      if (cut !== undefined) throw faulty(cut)
    } catch (error) {
      return `is no template that can be rendered, tried with ${what}: ${wordsOf(error)}`
    }
  }
  return undefined
}

/** {@link checkTemplate} that looks at each template once: hundreds of routes may have the same. */
export function createTemplateCheck(): typeof checkTemplate {
  const known = new Map<string, string | undefined>()
  return (template) => {
    if (!known.has(template)) known.set(template, checkTemplate(template))
    return known.get(template)
  }
}

const TRIAL_BRIEFING: Briefing = {
  link: 'https://example.com/builds/example-build-1',
  usualMs: 180_000,
  logLines: ['npm ci', 'npm error code E404'],
}

function trialOccasions(): readonly (readonly [string, Occasion])[] {
  const events = SAMPLE_WORDS.map((word) => [word, sampleEvent(word, 0)] as const)
  const alone = events.map(([word, event]): [string, Occasion] => [
    `an event of the kind ${word}`,
    { event, together: [], briefing: TRIAL_BRIEFING },
  ])
  const together = events.map(([, event]) => event)
  const group = together.flatMap((event): [string, Occasion][] => [
    ['several events at once', { event, together, briefing: {} }],
  ])
  return [...alone, ...group.slice(0, 1)]
}

function wordsOf(error: unknown): string {
  return error instanceof BuildwatchdError ? error.message : String(error)
}

function faulty(message: string): BuildwatchdError {
  return new BuildwatchdError('CONFIG_INVALID', message)
}
