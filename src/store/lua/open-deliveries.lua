--[[
Opens the rows of the delivery ledger that do not exist yet, those of one event together.

KEYS  1 pending deliveries, sorted set by next attempt   2… one row hash for each delivery
ARGV  1 now, epoch ms   2… for each delivery: id, notifier, event JSON
Returns a list: for each delivery 1 when it still waits to be delivered, else 0
]]
local waiting = {}
for i = 2, #KEYS do
  local at = 2 + 3 * (i - 2)
  local state = redis.call('HGET', KEYS[i], 'state')
  if not state then
    redis.call('HSET', KEYS[i], 'notifier', ARGV[at + 1], 'event', ARGV[at + 2], 'state', 'pending',
      'attempts', 0, 'unended', 0, 'openedAt', ARGV[1], 'dueAt', ARGV[1])
    redis.call('ZADD', KEYS[1], ARGV[1], ARGV[at])
    state = 'pending'
  end
  waiting[#waiting + 1] = state == 'pending' and 1 or 0
end
return waiting
