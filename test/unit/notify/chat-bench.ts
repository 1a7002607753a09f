/** One notifier of a chat service, with what the tests of all of them need: any options, secrets and occasions. */
import type { SendResult } from '../../../src/domain/delivery.js'
import type { WatchEvent } from '../../../src/domain/event.js'
import type { Briefing, Occasion } from '../../../src/domain/occasion.js'
import type { Logger, Memo, Notifier } from '../../../src/domain/ports.js'
import { createHttpSender } from '../../../src/notify/http-sender.js'
import type { NotifierKind } from '../../../src/notify/notifier-kind.js'
import { createMemoryMemos } from '../../support/memory-memos.js'
import { NO_OTHER_TOOLS } from '../../support/notifier-tools.js'

export interface ChatBench {
  readonly notifier: Notifier
  readonly memo: Memo
  /** The body, parsed. */
  render(event: WatchEvent, given?: Partial<Occasion>): Promise<unknown>
  send(event: WatchEvent, given?: { briefing?: Briefing; key?: string }): Promise<SendResult>
  close(): Promise<void>
}

/** Names resolve to a public address, so that requests can be caught by their public host. */
export function chatBench(
  kind: NotifierKind,
  options: object,
  secrets: Readonly<Record<string, string>>,
): ChatBench {
  const http = createHttpSender({
    clock: { now: () => 0 },
    userAgent: 'buildwatchd/test',
    env: {},
    resolve: () => Promise.resolve([{ address: '93.184.215.14', family: 4 }]),
  })
  const named = Object.entries(secrets).map(([name, value]) => [name, { reveal: async () => value }])
  const notifier = kind.create(
    { name: 'ops', options, secrets: Object.fromEntries(named) },
    { http, clock: { now: () => 0 }, out: () => undefined, ...NO_OTHER_TOOLS },
  )
  const memo = createMemoryMemos()('ops')
  const render = async (event: WatchEvent, given: Partial<Occasion> = {}) =>
    notifier.render({ event, together: [], briefing: {}, ...given })
  return {
    notifier,
    memo,
    render: async (event, given) => JSON.parse(await render(event, given)),
    async send(event, { briefing = {}, key = event.id } = {}) {
      const body = await render(event, { briefing })
      const delivery = { id: `${event.id}->ops`, notifier: 'ops', event }
      const signal = new AbortController().signal
      return notifier.send(
        { delivery, idempotencyKey: key, body, attempt: 1 },
        { signal, logger: silent, memo },
      )
    },
    close: () => http.close(),
  }
}

const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silent,
}

/** What a person sees of a text with backslash escapes, and where the reader would have found mark-up in it. */
export interface Reading {
  readonly shown: string
  readonly markup: readonly string[]
}

interface Grammar {
  /** Signs for which a backslash before them stands aside. */
  readonly escapable: RegExp
  /** What begins mark-up: at the beginning of `rest`, after `shown`. */
  begins(rest: string, shown: string): boolean
}

/** A model of the reader of such a text, sign by sign; it shares nothing with the escaping that it judges. */
export function readEscaped(text: string, { escapable, begins }: Grammar): Reading {
  const markup: string[] = []
  let shown = ''
  for (let at = 0; at < text.length; at++) {
    const isEscape = text[at] === '\\' && escapable.test(text[at + 1] ?? '')
    if (!isEscape && begins(text.slice(at), shown)) markup.push(text.slice(at))
    if (isEscape) at += 1
    shown += text[at]
  }
  return { shown, markup }
}
