--[[
Opens a delivery that has ended once more, with the key and, where it was frozen, the body that it had, and a new schedule of
attempts. It comes last in its lane.

KEYS  1 row hash   2 pending deliveries, sorted set by next attempt   3 dead letters, sorted set
ARGV  1 id   2 now, epoch ms
Returns 1, or 0 when it waits already or does not exist
]]
local row = redis.call('HMGET', KEYS[1], 'state', 'lane')
if not row[1] or row[1] == 'pending' then return 0 end
redis.call('PERSIST', KEYS[1])
redis.call('HSET', KEYS[1], 'state', 'pending', 'attempts', 0, 'unended', 0, 'dueAt', ARGV[2], 'replayedAt', ARGV[2])
redis.call('HDEL', KEYS[1], 'endedAt', 'reason', 'detail')
redis.call('ZREM', KEYS[3], ARGV[1])
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1])
if row[2] then redis.call('RPUSH', row[2], ARGV[1]) end
return 1
