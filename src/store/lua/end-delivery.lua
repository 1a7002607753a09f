--[[
Ends a delivery, once: whatever comes later changes nothing.

KEYS  1 row hash   2 pending deliveries, sorted set   3 dead letters, sorted set by when they died
ARGV  1 id   2 'accepted' | 'dead_lettered'   3 reason | ''   4 detail | ''   5 now, epoch ms   6 time to live of an ended row, seconds
Returns 1, or 0 when it had ended before or does not exist
]]
redis.call('ZREM', KEYS[2], ARGV[1])
if redis.call('HGET', KEYS[1], 'state') ~= 'pending' then return 0 end
redis.call('HSET', KEYS[1], 'state', ARGV[2], 'unended', 0, 'endedAt', ARGV[5])
redis.call('HDEL', KEYS[1], 'dueAt', 'reason')
if ARGV[3] ~= '' then redis.call('HSET', KEYS[1], 'reason', ARGV[3]) end
if ARGV[4] ~= '' then redis.call('HSET', KEYS[1], 'detail', ARGV[4]) end
redis.call('EXPIRE', KEYS[1], ARGV[6])
if ARGV[2] == 'dead_lettered' then
  redis.call('ZADD', KEYS[3], ARGV[5], ARGV[1])
  redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', string.format('%.0f', tonumber(ARGV[5]) - tonumber(ARGV[6]) * 1000))
end
return 1
