/**
 * Two ways into Slack. An incoming webhook posts a message per event (docs.slack.dev/messaging/sending-messages-using-incoming-webhooks;
 * its statuses: api.slack.com/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks); it knows no idempotency, so when an answer is lost after Slack took the message, the repeat shows as
 * a second one. A bot keeps one message per build up to date: slack-bot.ts.
 */
import { z } from 'zod'
import { BuildwatchdError } from '../domain/errors.js'
import { isConcluded } from '../domain/event.js'
import type { Occasion } from '../domain/occasion.js'
import type { Notifier } from '../domain/ports.js'
import { httpOptions, httpUrl, policyOf, urlProblem } from './http-options.js'
import type { HttpSender } from './http-sender.js'
import { messageOf } from './message.js'
import { defineNotifierKind } from './notifier-kind.js'
import { postToSecretUrl } from './secret-url.js'
import { type SlackBody, type SlackBot, slackBot } from './slack-bot.js'
import { escapeSlack, slackDetails, slackMessage } from './slack-message.js'
import { ownText, templateOption } from './template.js'

const options = z
  .strictObject({
    channel: z
      .string()
      .min(1)
      .optional()
      .describe('With bot_token: the id of the channel, such as C0123456789, or its name.'),
    template: templateOption,
    api_url: httpUrl().default('https://slack.com/api').describe("Base URL of Slack's Web API."),
    ...httpOptions,
  })
  .superRefine((value, context) => {
    const problem = urlProblem(value.api_url, policyOf(value))
    if (problem !== undefined) context.addIssue({ code: 'custom', path: ['api_url'], message: problem })
  })

const CURE =
  'needs either webhook_url, of an incoming webhook, or bot_token with channel, for one message per build that is kept up to date'

export const slackKind = defineNotifierKind({
  type: 'slack',
  summary: 'Posts to a Slack channel: each event by an incoming webhook, or one message per build as a bot.',
  reaches: 'http',
  options,
  secrets: [
    {
      name: 'webhook_url',
      required: false,
      requiredUnless: 'bot_token',
      describe: 'The URL of an incoming webhook, `https://hooks.slack.com/services/…`; or give bot_token.',
    },
    {
      name: 'bot_token',
      required: false,
      describe: 'A bot token, `xoxb-…`, with the scope chat:write, in place of webhook_url.',
    },
  ],
  sample: (endpoint, secret) => ({
    options: {},
    secrets: { webhook_url: `${endpoint}/services/T012/B012/${encodeURIComponent(secret)}` },
  }),
  create(settings, { http }): Notifier {
    const { name, options, secrets } = settings
    const { channel, template } = options
    if (secrets.webhook_url && secrets.bot_token)
      throw new BuildwatchdError('CONFIG_INVALID', `notifiers.${name}: ${CURE}; not both`)
    const token = secrets.bot_token
    if (token === undefined) {
      if (channel !== undefined)
        throw misplaced(name, 'an incoming webhook has its own channel; leave it out')
      return {
        canGroup: true,
        render: (occasion) => renderedForWebhook(occasion, template),
        send: postToSecretUrl(settings, http),
      }
    }
    if (channel === undefined) throw misplaced(name, 'is missing; bot_token needs a channel to post to')
    return botNotifier({ name, token, channel, options }, template, http)
  },
})

function botNotifier(bot: SlackBot, template: string | undefined, http: HttpSender): Notifier {
  return {
    order: 'in_turn',
    render: (occasion) => renderedForBot(occasion, template),
    send: slackBot(bot, http),
  }
}

function misplaced(name: string, problem: string): BuildwatchdError {
  return new BuildwatchdError('CONFIG_INVALID', `notifiers.${name}.channel: ${problem}`)
}

async function renderedForWebhook(occasion: Occasion, template: string | undefined): Promise<string> {
  const message = messageOf(occasion)
  const own = await ownText(occasion, template, escapeSlack)
  const { text, blocks } = slackMessage(message, own)
  const details = slackDetails(message, own)?.blocks ?? []
  return JSON.stringify({ text, blocks: [...blocks, ...details], unfurl_links: false, unfurl_media: false })
}

async function renderedForBot(occasion: Occasion, template: string | undefined): Promise<string> {
  const message = messageOf(occasion)
  const own = await ownText(occasion, template, escapeSlack)
  const details = isConcluded(occasion.event) ? slackDetails(message, own) : undefined
  const body: SlackBody = {
    message: slackMessage(message, own),
    ...(details === undefined ? {} : { details }),
  }
  return JSON.stringify(body)
}
