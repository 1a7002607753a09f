--[[
Opens the rows of the delivery ledger that do not exist yet, those of one event together. What is suppressed is opened and
ended at once. A claim belongs to the first event that comes with it; what another event brings under it is suppressed.

KEYS  1 pending deliveries, sorted set by next attempt   2 dead letters
      3… for each delivery: row hash, lane list, claim string (the row again where there is none), deliveries of its subject,
      sorted set by when they were opened
ARGV  1 now, epoch ms   2 time to live of an ended row, seconds   3 of a claim and of a subject's deliveries, seconds
      4… for each delivery: id, notifier, event JSON, template | '', not before (epoch ms) | '', why suppressed | '', claiming event id | ''
Returns a list: for each delivery 1 when it still waits to be delivered, else 0
]]
local env = {pending = KEYS[1], dead = KEYS[2], now = ARGV[1], ttl = ARGV[2]}

local function suppression_of(at, claim)
  local suppressed, event_id = ARGV[at + 5], ARGV[at + 6]
  if suppressed ~= '' or event_id == '' then return suppressed end
  redis.call('SET', claim, event_id, 'NX', 'EX', ARGV[3])
  return redis.call('GET', claim) == event_id and '' or 'once_per'
end

local function open(at, row, lane, claim, siblings)
  local id, due = ARGV[at], ARGV[at + 4] == '' and ARGV[1] or ARGV[at + 4]
  redis.call('HSET', row, 'notifier', ARGV[at + 1], 'event', ARGV[at + 2], 'state', 'pending', 'lane', lane,
    'attempts', 0, 'unended', 0, 'openedAt', ARGV[1], 'dueAt', due)
  -- At once, so that the sweep finds it whatever of the rest is refused.
  redis.call('ZADD', KEYS[1], due, id)
  if ARGV[at + 3] ~= '' then redis.call('HSET', row, 'template', ARGV[at + 3]) end
  if ARGV[at + 4] ~= '' then redis.call('HSET', row, 'notBefore', ARGV[at + 4]) end
  local suppressed = suppression_of(at, claim)
  redis.call('RPUSH', lane, id)
  redis.call('ZADD', siblings, ARGV[1], id)
  redis.call('ZREMRANGEBYSCORE', siblings, '-inf', string.format('%.0f', tonumber(ARGV[1]) - tonumber(ARGV[3]) * 1000))
  redis.call('EXPIRE', siblings, ARGV[3])
  if suppressed ~= '' then end_row(row, id, {state = 'suppressed', reason = suppressed, detail = ''}, env) end
end

local waiting = {}
for i = 3, #KEYS, 4 do
  local row = KEYS[i]
  if redis.call('EXISTS', row) == 0 then open(4 + 7 * (i - 3) / 4, row, KEYS[i + 1], KEYS[i + 2], KEYS[i + 3]) end
  waiting[#waiting + 1] = redis.call('HGET', row, 'state') == 'pending' and 1 or 0
end
return waiting
