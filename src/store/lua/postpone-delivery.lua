--[[
Notes that an attempt ended and another is due; an attempt that was given back does not count.

KEYS  1 row hash   2 pending deliveries, sorted set by next attempt
ARGV  1 id   2 next attempt, epoch ms   3 why
      4 '1' to give the attempt back
Returns 1, or 0 when the delivery has ended: then nothing is written
]]
if redis.call('HGET', KEYS[1], 'state') ~= 'pending' then return 0 end
redis.call('HSET', KEYS[1], 'unended', 0, 'dueAt', ARGV[2], 'reason', ARGV[3])
if ARGV[4] == '1' then redis.call('HINCRBY', KEYS[1], 'attempts', -1) end
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1])
return 1
