/**
 * The user's own words: Liquid, which reads what it is given and runs no code. It sees the event's members, the briefing and
 * the default message; what is interpolated is escaped by the rules of the notifier's service, the template's own text is not.
 */
import { z } from 'zod'
import { BuildwatchdError } from '../domain/errors.js'
import type { Occasion } from '../domain/occasion.js'
import { messageOf } from './message.js'

const LONGEST_TEMPLATE = 10_000
const RENDER_MS = 200
const MEMORY_UNITS = 1_000_000
const LONGEST_TEXT = 20_000

export const templateOption = z
  .string()
  .min(1)
  .max(LONGEST_TEMPLATE)
  .optional()
  .describe('A Liquid template for the text of the message, in place of the default one.')

/** Turns a plain text into the markup of a service, so that it reads as it is. */
export type Escape = (text: string) => string

/** The route's or the notifier's own text of this occasion; `undefined` where neither has one. Rejects when it cannot be rendered. */
export async function ownText(
  occasion: Occasion,
  ofNotifier: string | undefined,
  escape: Escape,
): Promise<string | undefined> {
  const template = occasion.template ?? ofNotifier
  if (template === undefined) return undefined
  const { Liquid } = await import('liquidjs')
  const engine = new Liquid({
    outputEscape: (value: unknown) => escape(typeof value === 'string' ? value : plain(value)),
    ownPropertyOnly: true,
    strictFilters: true,
    parseLimit: LONGEST_TEMPLATE,
    renderLimit: RENDER_MS,
    memoryLimit: MEMORY_UNITS,
    templates: {},
  })
  const { event, together, briefing } = occasion
  const scope = {
    event,
    events: together.length > 0 ? together : [event],
    briefing,
    message: messageOf(occasion),
  }
  const text = String(await engine.parseAndRender(template, scope))
  if (text.length <= LONGEST_TEXT) return text
  throw new BuildwatchdError(
    'CONFIG_INVALID',
    `the text that the template makes is longer than ${LONGEST_TEXT} characters`,
  )
}

function plain(value: unknown): string {
  return value === undefined || value === null
    ? ''
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value)
}
