--[[
Notes that an attempt ended, if one was in hand, and another is due; an attempt that was given back does not count.

KEYS  1 row hash   2 pending deliveries, sorted set by next attempt
ARGV  1 id   2 next attempt, epoch ms   3 why   4 '1' to give the attempt back
Returns 1, or 0 when the delivery has ended: then nothing is written
]]
local row = redis.call('HMGET', KEYS[1], 'state', 'unended', 'startedAt')
if row[1] ~= 'pending' then return 0 end
if ARGV[4] == '1' then
  redis.call('HINCRBY', KEYS[1], 'attempts', -1)
elseif row[2] ~= '0' then
  redis.call('HSET', KEYS[1], 'tried:' .. row[3], ARGV[3])
end
redis.call('HSET', KEYS[1], 'unended', 0, 'dueAt', ARGV[2], 'reason', ARGV[3])
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1])
return 1
