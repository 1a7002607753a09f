/** A Redis of the user's own, apart from the daemon's, that a notifier may write to; opened in store. */
export interface UserRedisPlace {
  /** `redis://…` or `rediss://…`; may hold a password. */
  readonly url: string
  /** Those of its host, in the order in which to try them; no other is connected to. */
  readonly addresses: readonly string[]
  /** When it fires the connection ends, and with it what is in hand. */
  readonly signal: AbortSignal
}

export type RedisCommand = readonly [name: string, ...args: string[]]

export interface UserRedis {
  /** All of the commands or none. Rejects with an error named `ReplyError` when it was the server that said no. */
  write(commands: readonly RedisCommand[]): Promise<void>
  close(): void
}

/** Rejects as {@link UserRedis.write} does; a login that fails is a no of the server's. */
export type OpenUserRedis = (place: UserRedisPlace) => Promise<UserRedis>
