--[[
Leave for one request of an account, or how long to wait for it.

What is left of the window is never counted down: it is the limit, less the most that an answer said was used, less the
permits whose answers have not come. So permits lost with their process, answers out of order, other users of the account
and requests that cross into the next window are all accounted for, on the safe side.

`ours` counts the permits of the present window, for people; `issuedBefore` is the number of the last one before it.

KEYS  1 allowance hash   2 permits in flight, sorted set: number → when granted
ARGV  1 now, epoch ms   2 'planned' | 'reserve'   3 reserve: 'share' | 'requests'   4 its value
      5 limit to assume   6 window to assume, ms   7 how long a request may be under way, ms
      8 longest wait for a token, ms, or ''
Returns {'granted', number} | {'denied', 'throttled' | 'budget' | 'pace', wait in ms}
]]
local now, purpose = tonumber(ARGV[1]), ARGV[2]
local in_flight_ms = tonumber(ARGV[7])
local MIN_RESERVE, BURST_SHARE, CLOCK_JUMP_MS = 20, 0.1, 60000

local state = {}
local held = redis.call('HGETALL', KEYS[1])
for i = 1, #held, 2 do state[held[i]] = tonumber(held[i + 1]) end

local limit = state.limit or tonumber(ARGV[5])
local used = state.used or 0
local blocked_until = state.blockedUntil or 0
if now < blocked_until then return {'denied', 'throttled', math.ceil(blocked_until - now)} end

-- The window is over: a new one begins, of which only the first answer will tell more.
local reset_at = state.resetAt or 0
if now >= reset_at then
  redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', '(' .. string.format('%.0f', now - in_flight_ms))
  used = 0
  state.previousEndAt = reset_at
  reset_at = now + (state.windowMs or tonumber(ARGV[6]))
  -- Its length may be a guess far too long: one request goes at once, lest everyone waits by that guess.
  if state.tokens then state.tokens, state.debt = math.max(state.tokens, 1), 0 end
  redis.call('HSET', KEYS[1], 'used', 0, 'guessed', 1, 'previousEndAt', state.previousEndAt,
    'earliestResetAt', 0, 'resetAt', string.format('%.0f', reset_at), 'ours', 0,
    'issuedBefore', string.format('%.0f', state.issued or 0))
end

local remaining = limit - used - redis.call('ZCARD', KEYS[2])
local until_reset = reset_at - now

local reserve = tonumber(ARGV[4])
if ARGV[3] == 'share' then reserve = math.ceil(limit * reserve) end
reserve = math.min(math.max(reserve, MIN_RESERVE), math.floor(limit / 2))

local function grant()
  local number = redis.call('HINCRBY', KEYS[1], 'issued', 1)
  redis.call('HINCRBY', KEYS[1], 'ours', 1)
  redis.call('ZADD', KEYS[2], string.format('%.0f', now), number)
  return {'granted', number}
end

if purpose == 'reserve' then
  if remaining < 1 then return {'denied', 'budget', math.ceil(until_reset)} end
  return grant()
end

local spendable = remaining - reserve
if spendable < 1 then return {'denied', 'budget', math.ceil(until_reset)} end

-- The bucket. Its rate follows what is left, so that the last request of the window is spent as it ends.
local capacity = math.max(1, limit * BURST_SHARE)
local rate = spendable / until_reset
local refilled_at = state.refilledAt or now
-- The clocks of replicas differ a little and may not refill the bucket twice; a clock set back must not stop it.
if refilled_at - now > CLOCK_JUMP_MS then refilled_at = now end
local gained = math.max(0, now - refilled_at) * rate
local tokens = math.min(capacity, (state.tokens or capacity) + gained)
local debt = math.max(0, (state.debt or 0) - gained)

local function save()
  redis.call('HSET', KEYS[1], 'tokens', string.format('%.6f', tokens), 'debt', string.format('%.6f', debt),
    'refilledAt', string.format('%.0f', math.max(refilled_at, now)))
end

if tokens >= 1 then
  tokens = tokens - 1
  save()
  return grant()
end

-- Each who is sent away comes back after the one before: all at once would find one token. The queue is forgotten at
-- the reset, when the rate changes anyway.
local wait = math.min((1 - tokens + debt) / rate, until_reset, tonumber(ARGV[8]) or until_reset)
debt = debt + 1
save()
return {'denied', 'pace', math.max(1, math.ceil(wait))}
