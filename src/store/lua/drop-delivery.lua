--[[
A person gives a delivery up: one that waits ends as a dead letter of that reason, and neither it nor one that was dead before
stands among the dead letters any longer.

KEYS  1 row hash   2 pending deliveries, sorted set   3 dead letters, sorted set
ARGV  1 id   2 now, epoch ms   3 time to live of an ended row, seconds
Returns 1, or 0 when it was neither waiting nor dead
]]
local ended = end_row(KEYS[1], ARGV[1], {state = 'dead_lettered', reason = 'dropped', detail = '', unlisted = true},
  {pending = KEYS[2], dead = KEYS[3], now = ARGV[2], ttl = ARGV[3]})
return math.max(ended, redis.call('ZREM', KEYS[3], ARGV[1]))
