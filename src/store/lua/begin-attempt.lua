--[[
Notes that an attempt to deliver starts, before anything is sent. An attempt that never ends (the process died with it)
stays counted as unended; too many of those and the delivery is poison. Where order is kept, those that were opened before it
for the same notifier and lane come first; the deliveries that are told along with it end here, in the same step in which the
body that holds them is frozen. Reads and ends rows beside KEYS: those of the lane, and those told along; all lie in one slot.

KEYS  1 row hash   2 pending deliveries, sorted set   3 dead letters, sorted set
ARGV  1 id   2 body   3 unended attempts that make it poison   4 now, epoch ms   5 time to live of an ended row, seconds
      6 order: 'any' | 'in_turn' | 'latest'   7 what the key of a row begins with   8… ids that are told along with it
Returns {'started', attempt, body as frozen at the first attempt} | {'ended'} | {'poison'} | {'superseded'}
      | {'behind', ms until the one before it is due} | {'changed'} when one to be told along has been begun or ended
]]
local id, now, order = ARGV[1], tonumber(ARGV[4]), ARGV[6]
local env = {pending = KEYS[2], dead = KEYS[3], now = ARGV[4], ttl = ARGV[5]}
local row = redis.call('HMGET', KEYS[1], 'state', 'unended', 'lane', 'body')
if row[1] ~= 'pending' then return {'ended'} end
if tonumber(row[2]) >= tonumber(ARGV[3]) then return {'poison'} end

local function build_of(delivery) return string.match(delivery, '^([^#]*)#') or delivery end
local function is_same_build(other) return build_of(other) == build_of(id) end
local function suppress(other, reason, detail)
  end_row(ARGV[7] .. other, other, {state = 'suppressed', reason = reason, detail = detail}, env)
end

-- What has to wait: {'behind', ms}; nothing where the way is free.
local function held_by(other)
  local facts = redis.call('HMGET', ARGV[7] .. other, 'state', 'unended', 'dueAt')
  if facts[1] ~= 'pending' then return redis.call('LREM', row[3], 1, other) and nil end
  if order == 'latest' and is_same_build(other) and facts[2] == '0' then return suppress(other, 'superseded', id) end
  return {'behind', math.max(0, (tonumber(facts[3]) or now) - now)}
end

if order ~= 'any' and row[3] then
  local is_later = false
  for _, other in ipairs(redis.call('LRANGE', row[3], 0, -1)) do
    if other == id then
      is_later = true
    elseif not is_later then
      local held = held_by(other)
      if held then return held end
    elseif order == 'latest' and is_same_build(other) then
      suppress(id, 'superseded', other)
      return {'superseded'}
    end
  end
end

if not row[4] then
  for i = 8, #ARGV do
    local facts = redis.call('HMGET', ARGV[7] .. ARGV[i], 'state', 'body')
    if facts[1] ~= 'pending' or facts[2] then return {'changed'} end
  end
  for i = 8, #ARGV do suppress(ARGV[i], 'grouped', id) end
end

redis.call('HSETNX', KEYS[1], 'body', ARGV[2])
redis.call('HINCRBY', KEYS[1], 'unended', 1)
redis.call('HSET', KEYS[1], 'startedAt', ARGV[4])
local attempt = redis.call('HINCRBY', KEYS[1], 'attempts', 1)
return {'started', attempt, redis.call('HGET', KEYS[1], 'body')}
