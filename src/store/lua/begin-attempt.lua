--[[
Notes that an attempt to deliver starts, before anything is sent. An attempt that never ends (the process died with it)
stays counted as unended; too many of those and the delivery is poison. Where order is kept, those that were opened before it
for the same notifier and lane come first, and one of them that waits for the end of its quiet hours need not wait any longer:
this one is not quiet. The deliveries that are told along with it end here, in the same step in which the body that holds them is
frozen. A notifier may have so many attempts in a span, and no more: only those that start count.
Reads and writes rows beside KEYS: those of the lane, of its build, and those told along; all lie in one slot.

KEYS  1 row hash   2 pending deliveries, sorted set   3 dead letters, sorted set
      4 deliveries of its subject, sorted set by when they were opened   5 attempts of its notifier in this span, string
ARGV  1 id   2 body   3 unended attempts that make it poison   4 now, epoch ms   5 time to live of an ended row, seconds
      6 order: 'any' | 'in_turn' | 'latest'   7 what the key of a row begins with   8 '1' to look only: nothing is noted of this one
      9 most attempts in a span | ''   10 that span, ms | ''   11… ids that are told along with it
Returns {'started', attempt, body as frozen at the first attempt} | {'ended'} | {'poison'} | {'superseded'}
      | {'behind', ms until it may be its turn: the one before it is due, and each before that takes a while; id of that one where it was due later and is now | ''}
      | {'paced', ms until the span is over} | {'changed'} when one to be told along has been begun or ended | {'free'} to one that looked and can begin
]]
local id, now, order = ARGV[1], tonumber(ARGV[4]), ARGV[6]
local env = {pending = KEYS[2], dead = KEYS[3], now = ARGV[4], ttl = ARGV[5]}
local FIRST_ALONG, PAGE = 11, 100
-- A delivery hardly takes less: who stands far behind need not ask often.
local EACH_MS = 50

local function facts_of(delivery)
  local row = redis.call('HMGET', ARGV[7] .. delivery,
    'state', 'unended', 'dueAt', 'openedAt', 'replayedAt', 'notBefore', 'attempts')
  return {is_pending = row[1] == 'pending', is_accepted = row[1] == 'accepted', is_in_hand = row[2] ~= '0',
    due = tonumber(row[3]) or now, opened = tonumber(row[4]) or 0, is_replayed = row[5],
    is_quiet = (tonumber(row[6]) or 0) > now and row[7] == '0'}
end

local row = redis.call('HMGET', KEYS[1], 'state', 'unended', 'lane', 'body')
if row[1] ~= 'pending' then return {'ended'} end
if tonumber(row[2]) >= tonumber(ARGV[3]) then return {'poison'} end
local lane, mine = row[3], facts_of(id)

local function build_of(delivery) return string.match(delivery, '^([^#]*)#') or delivery end
local function notifier_of(delivery) return string.match(delivery, '->([^>]*)$') end
local function is_same_build(other) return build_of(other) == build_of(id) end
local function suppress(other, reason, detail)
  end_row(ARGV[7] .. other, other, {state = 'suppressed', reason = reason, detail = detail}, env)
end
local function superseded_by(other)
  suppress(id, 'superseded', other)
  return {'superseded'}
end

-- By the places in the lane; but one that was replayed has lost its place.
local function is_newer(theirs, is_later)
  if (mine.is_replayed or theirs.is_replayed) and mine.opened ~= theirs.opened then return theirs.opened > mine.opened end
  return is_later
end

local function behind(other, theirs)
  if not theirs.is_quiet then
    local place = redis.call('LPOS', lane, id) or 1
    return {'behind', math.max(0, theirs.due - now, EACH_MS * (place - 1)), ''}
  end
  redis.call('HSET', ARGV[7] .. other, 'hurried', '1', 'dueAt', ARGV[4])
  redis.call('ZADD', KEYS[2], ARGV[4], other)
  return {'behind', 0, other}
end

-- What comes of one that stands in the lane: 'gone', or why this one cannot begin, or nothing.
local function against(other, is_later)
  local theirs = facts_of(other)
  if not theirs.is_pending then
    redis.call('LREM', lane, 1, other)
    return 'gone'
  end
  if order == 'latest' and is_same_build(other) then
    if is_newer(theirs, is_later) then return superseded_by(other) end
    if not theirs.is_in_hand then
      suppress(other, 'superseded', id)
      return 'gone'
    end
  end
  return behind(other, theirs)
end

-- A page at a time, for most need not look beyond the first that stands before them.
local function in_the_way()
  local at, is_later = 0, false
  while true do
    local page, gone = redis.call('LRANGE', lane, at, at + PAGE - 1), 0
    for _, other in ipairs(page) do
      if other == id then
        if order == 'in_turn' then return end
        is_later = true
      elseif not is_later or is_same_build(other) then
        local found = against(other, is_later)
        if found == 'gone' then gone = gone + 1 elseif found then return found end
      end
    end
    if #page < PAGE then return end
    at = at + #page - gone
  end
end

-- One that is replayed long after: a newer one may have been taken meanwhile, and stands in no lane any more.
local function taken_since()
  for _, other in ipairs(redis.call('ZRANGEBYSCORE', KEYS[4], '(' .. string.format('%.0f', mine.opened), '+inf')) do
    if is_same_build(other) and notifier_of(other) == notifier_of(id) and facts_of(other).is_accepted then
      return superseded_by(other)
    end
  end
end

local function over_rate()
  local most, span = tonumber(ARGV[9]), tonumber(ARGV[10])
  if not most or (tonumber(redis.call('GET', KEYS[5])) or 0) < most then return end
  local left = redis.call('PTTL', KEYS[5])
  if left >= 0 and left <= span then return {'paced', left} end
  -- The span was longer before the settings changed.
  redis.call('PEXPIRE', KEYS[5], span)
  return {'paced', span}
end

local held
if order ~= 'any' and lane then held = in_the_way() end
if not held and order == 'latest' and mine.is_replayed then held = taken_since() end
held = held or over_rate()
if held then return held end

if not row[4] then
  if ARGV[8] == '1' then return {'free'} end
  for i = FIRST_ALONG, #ARGV do
    local facts = redis.call('HMGET', ARGV[7] .. ARGV[i], 'state', 'body')
    if facts[1] ~= 'pending' or facts[2] then return {'changed'} end
  end
  for i = FIRST_ALONG, #ARGV do suppress(ARGV[i], 'grouped', id) end
end

redis.call('HSETNX', KEYS[1], 'body', ARGV[2])
redis.call('HINCRBY', KEYS[1], 'unended', 1)
redis.call('HSET', KEYS[1], 'startedAt', ARGV[4])
if ARGV[9] ~= '' and redis.call('INCR', KEYS[5]) == 1 then redis.call('PEXPIRE', KEYS[5], ARGV[10]) end
local attempt = redis.call('HINCRBY', KEYS[1], 'attempts', 1)
return {'started', attempt, redis.call('HGET', KEYS[1], 'body')}
