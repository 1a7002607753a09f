/**
 * A real SMTP server on a free port of 127.0.0.1, small but strict about order: it remembers sessions and messages, and at any
 * stage answers, hangs or cuts as told. With a certificate it offers STARTTLS.
 */
import { EventEmitter, once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { createSecureContext, TLSSocket } from 'node:tls'

export const STAGES = ['greeting', 'ehlo', 'starttls', 'auth', 'mail', 'rcpt', 'data', 'message'] as const
export type Stage = (typeof STAGES)[number]

/** A reply, without its line break; `hang` says nothing, `cut` ends the connection; by the command where that matters. */
type Reaction = string | ((command: string) => string)

interface ReceivedMail {
  readonly from: string
  readonly to: readonly string[]
  /** As it came, dots unstuffed. */
  readonly source: string
  readonly login: { readonly user: string; readonly password: string } | undefined
  readonly encrypted: boolean
}

export interface SmtpReceiver {
  readonly port: number
  readonly mails: ReceivedMail[]
  /** Commands of all sessions in the order in which they came, without line breaks. */
  readonly commands: string[]
  /** Connections that are open. */
  readonly open: ReadonlySet<Socket>
  react(stage: Stage, reaction: Reaction): void
  /** Resolves when a stage is reached next. */
  reaches(stage: Stage): Promise<void>
  /** Resolves when no connection is open. */
  isLeft(): Promise<void>
  close(): Promise<void>
}

export interface SmtpReceiverOptions {
  /** Mechanisms that EHLO offers; none by default. */
  readonly auth?: readonly ('PLAIN' | 'LOGIN')[]
  readonly extensions?: readonly string[]
  /** PEM. */
  readonly certificate?: { readonly key: string; readonly cert: string }
  /** TLS from the first byte. */
  readonly implicit?: boolean
}

const GOOD: Readonly<Record<Stage, string>> = {
  greeting: '220 mail.example.com ready',
  ehlo: '250 mail.example.com',
  starttls: '220 go ahead',
  auth: '235 2.7.0 welcome',
  mail: '250 2.1.0 ok',
  rcpt: '250 2.1.5 ok',
  data: '354 go on',
  message: '250 2.0.0 taken as 42',
}

export async function startSmtpReceiver(options: SmtpReceiverOptions = {}): Promise<SmtpReceiver> {
  const reactions = new Map<Stage, Reaction>()
  const events = new EventEmitter()
  const open = new Set<Socket>()
  const mails: ReceivedMail[] = []
  const commands: string[] = []
  const server = createServer((socket) => {
    open.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => {
      open.delete(socket)
      if (open.size === 0) events.emit('left')
    })
    const answer = (stage: Stage, command: string) => {
      events.emit(stage)
      const reaction = reactions.get(stage)
      if (reaction === undefined) return undefined
      return typeof reaction === 'string' ? reaction : reaction(command)
    }
    new Session({ options, answer, mails, commands }).start(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the receiver does not listen')
  return {
    port: address.port,
    mails,
    commands,
    open,
    react: (stage, reaction) => void reactions.set(stage, reaction),
    reaches: async (stage) => void (await once(events, stage)),
    isLeft: async () => {
      if (open.size > 0) await once(events, 'left')
    },
    async close() {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

interface SessionParts {
  readonly options: SmtpReceiverOptions
  readonly answer: (stage: Stage, command: string) => string | undefined
  readonly mails: ReceivedMail[]
  readonly commands: string[]
}

/** One conversation. `expects` takes the next line. */
class Session {
  private rest = ''
  private encrypted = false
  private from = ''
  private to: string[] = []
  private login: ReceivedMail['login']
  private lines: string[] = []
  private expects = (line: string) => this.command(line)
  private socket: Socket | undefined

  constructor(private readonly parts: SessionParts) {}

  start(socket: Socket): void {
    if (this.parts.options.implicit) this.encrypt(socket)
    else this.listen(socket)
    this.reply('greeting', '')
  }

  private listen(socket: Socket): void {
    this.socket = socket
    socket.on('data', (chunk) => this.take(chunk.toString('latin1')))
  }

  private encrypt(socket: Socket): void {
    socket.removeAllListeners('data')
    this.rest = ''
    this.encrypted = true
    const { certificate } = this.parts.options
    if (certificate === undefined) throw new Error('the receiver has no certificate')
    const secure = new TLSSocket(socket, { isServer: true, secureContext: createSecureContext(certificate) })
    secure.on('error', () => undefined)
    this.listen(secure)
  }

  private take(text: string): void {
    this.rest += text
    for (let end = this.rest.indexOf('\r\n'); end >= 0; end = this.rest.indexOf('\r\n')) {
      const line = this.rest.slice(0, end)
      this.rest = this.rest.slice(end + 2)
      this.expects(line)
    }
  }

  /** `true` when the stage went well. */
  private reply(stage: Stage, command: string, good = GOOD[stage]): boolean {
    const said = this.parts.answer(stage, command) ?? good
    if (said === 'cut') this.socket?.destroy()
    else if (said !== 'hang') this.say(said)
    return said === good
  }

  private say(text: string): void {
    this.socket?.write(`${text}\r\n`)
  }

  private command(line: string): void {
    this.parts.commands.push(line)
    const [verb = ''] = line.toUpperCase().split(/[ :]/)
    if (verb === 'EHLO') this.reply('ehlo', line, this.offer())
    else if (verb === 'STARTTLS') this.startTls(line)
    else if (verb === 'AUTH') this.authenticate(line)
    else if (verb === 'MAIL') {
      if (this.reply('mail', line)) [this.from, this.to] = [bracketed(line), []]
    } else if (verb === 'RCPT') {
      if (this.reply('rcpt', line)) this.to.push(bracketed(line))
    } else if (verb === 'DATA') this.data(line)
    else this.say('502 5.5.1 no such command')
  }

  private offer(): string {
    const { auth = [], certificate, extensions = [] } = this.parts.options
    const offers = [
      ...extensions,
      ...(certificate !== undefined && !this.encrypted ? ['STARTTLS'] : []),
      ...(auth.length === 0 ? [] : [`AUTH ${auth.join(' ')}`]),
    ]
    return ['250-mail.example.com', ...offers.map((offer) => `250-${offer}`), '250 HELP'].join('\r\n')
  }

  private startTls(line: string): void {
    if (this.parts.options.certificate === undefined) return this.say('502 5.5.1 no such command')
    const plain = this.socket
    if (this.reply('starttls', line) && plain !== undefined) this.encrypt(plain)
  }

  private authenticate(line: string): void {
    const [, mechanism, initial = ''] = line.split(' ')
    if (mechanism === 'PLAIN') {
      const [, user = '', password = ''] = decoded(initial).split('\0')
      return this.judge(user, password)
    }
    const expected: string[] = []
    this.say('334 VXNlcm5hbWU6')
    this.expects = (answer) => {
      expected.push(decoded(answer))
      const [user = '', password] = expected
      if (password === undefined) return this.say('334 UGFzc3dvcmQ6')
      this.expects = (next) => this.command(next)
      this.judge(user, password)
    }
  }

  private judge(user: string, password: string): void {
    if (this.reply('auth', password)) this.login = { user, password }
  }

  private data(line: string): void {
    if (this.to.length === 0) return this.say('503 5.5.1 no recipients')
    if (!this.reply('data', line)) return
    this.lines = []
    this.expects = (text) => this.line(text)
  }

  private line(text: string): void {
    if (text !== '.') {
      this.lines.push(text.replace(/^\./, ''))
      return
    }
    this.expects = (next) => this.command(next)
    const { from, to, login, encrypted } = this
    const source = Buffer.from(this.lines.join('\r\n'), 'latin1').toString('utf8')
    if (this.reply('message', source)) this.parts.mails.push({ from, to, source, login, encrypted })
  }
}

function bracketed(line: string): string {
  return /<([^>]*)>/.exec(line)?.[1] ?? ''
}

function decoded(text: string): string {
  return Buffer.from(text, 'base64').toString('utf8')
}
