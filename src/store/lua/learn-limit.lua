--[[
Takes in what one answer said about the account's allowance.

The headers give whole seconds to go, rounded somehow, as of some moment between the request and now. So an answer says
that its window ends within [granted + reset − 1 s, now + reset + 1 s]. Comparing intervals tells answers of the present
window from late ones of an earlier window and early ones of the next; the upper end is what we wait for, hence no permit
before the reset.

KEYS  1 allowance hash   2 permits in flight, sorted set: number → when granted
ARGV  1 now, epoch ms   2 permit number   3 limit | ''   4 remaining | ''   5 ms to reset | ''
      6 '1' when the answer was a 429   7 limit to assume   8 window to assume, ms   9 how long a request may be under way, ms
Returns 1 when the account is blocked by this answer, else 0
]]
local now, number = tonumber(ARGV[1]), tonumber(ARGV[2])
local limit_said, remaining_said, reset_said = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local throttled = ARGV[6] == '1'
local in_flight_ms = tonumber(ARGV[9])
local GRAIN_MS, FIRST_BLOCK_MS, LONGEST_BLOCK_MS = 1000, 60000, 900000

local state = {}
local held = redis.call('HGETALL', KEYS[1])
for i = 1, #held, 2 do state[held[i]] = tonumber(held[i + 1]) end

local function save(fields)
  local flat = {}
  for name, value in pairs(fields) do
    flat[#flat + 1] = name
    flat[#flat + 1] = string.format('%.0f', value)
  end
  redis.call('HSET', KEYS[1], unpack(flat))
end

-- A permit that was dropped from the set is older than any request can be.
local granted_at = tonumber(redis.call('ZSCORE', KEYS[2], number) or (now - in_flight_ms))

-- A 429 that does not say for how long tells nothing of the window: it only blocks.
local used_said
local limit = limit_said or state.limit or tonumber(ARGV[7])
if throttled and reset_said then
  used_said = limit
elseif remaining_said and not throttled then
  used_said = limit - remaining_said
end

local used, previous_end = state.used or 0, state.previousEndAt or 0
local reset_at, earliest = state.resetAt or 0, state.earliestResetAt or 0
local guessed = (state.guessed or 1) == 1
local issued = state.issued or 0
local ours, issued_before = state.ours or 0, state.issuedBefore or 0
if now >= reset_at then
  used, previous_end, guessed, earliest = 0, reset_at, true, 0
  ours, issued_before = 0, issued
  reset_at = now + (state.windowMs or tonumber(ARGV[8]))
end

-- 'old' is ignored; 'same' adds to what we know of the window; 'new' replaces it.
local window, lo, hi
if reset_said then
  lo, hi = granted_at + reset_said - GRAIN_MS, now + reset_said + GRAIN_MS
  if lo <= previous_end or (not guessed and hi < earliest and lo <= now) then
    window = 'old'
  elseif not guessed and (lo > reset_at or hi < earliest) then
    window = 'new'
  else
    window = 'same'
  end
else
  window = granted_at > previous_end and 'same' or 'old'
end

-- Counted by the server in a `used` that we know: no longer in flight. Without a count it stays until a later answer,
-- given to a request that began after this one must have ended, has counted it or shown that it never arrived.
if throttled then redis.call('ZREM', KEYS[2], number) end
if used_said then
  redis.call('ZREM', KEYS[2], number)
  if window ~= 'old' then
    redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', '(' .. string.format('%.0f', granted_at - in_flight_ms))
  end
end

if window == 'old' then return 0 end

-- Of the permits that are under way, those granted after this one belong to its window too; of those before it, the ones
-- that their own answers say so of.
if window == 'new' then
  previous_end = math.min(reset_at, now)
  used, guessed = 0, true
  ours, issued_before = math.max(0, issued - number + 1), number - 1
elseif used_said and number <= issued_before then
  ours = ours + 1
end
if used_said then used = math.max(used, used_said) end
local facts = { limit = limit, previousEndAt = previous_end, ours = ours, issuedBefore = issued_before }
if reset_said then
  if guessed then
    if previous_end > 0 then facts.windowMs = reset_said + GRAIN_MS end
    earliest, reset_at, guessed = lo, hi, false
  else
    earliest, reset_at = math.max(earliest, lo), math.min(reset_at, hi)
  end
end
facts.used, facts.resetAt, facts.earliestResetAt, facts.guessed = used, reset_at, earliest, guessed and 1 or 0

local blocked_until, strikes = state.blockedUntil or 0, state.strikes or 0
if throttled and reset_said then
  blocked_until = reset_at
elseif throttled and now >= blocked_until then
  -- Several requests under way are refused together: that is one strike, not many.
  blocked_until = now + math.min(FIRST_BLOCK_MS * 2 ^ strikes, LONGEST_BLOCK_MS)
  strikes = strikes + 1
elseif not throttled and now >= blocked_until then
  strikes = 0
end
facts.blockedUntil, facts.strikes = blocked_until, strikes
save(facts)
return throttled and 1 or 0
