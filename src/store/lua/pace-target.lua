--[[
Notes how the polling of a target stands.

KEYS  1 target hash   2 open targets, sorted set
ARGV  1 id   2 good probes   3 failed probes in a row   4 next probe, epoch ms, or ''
Returns 1, or 0 when the target is finished or no longer wanted: then nothing is written
]]
local target = redis.call('HMGET', KEYS[1], 'target', 'finished')
if not target[1] or target[2] then return 0 end
redis.call('HSET', KEYS[1], 'polls', ARGV[2], 'errors', ARGV[3])
if ARGV[4] == '' then
  redis.call('HDEL', KEYS[1], 'nextProbeAt')
else
  redis.call('HSET', KEYS[1], 'nextProbeAt', ARGV[4])
end
redis.call('ZADD', KEYS[2], ARGV[4] == '' and 0 or ARGV[4], ARGV[1])
return 1
