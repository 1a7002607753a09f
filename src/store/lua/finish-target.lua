--[[
Notes that a target needs no more polls. It stays wanted: a finished one must not begin anew while a watch names it.

KEYS  1 target hash   2 open targets, sorted set
ARGV  1 id
Returns 1, or 0 when the target is no longer wanted
]]
redis.call('ZREM', KEYS[2], ARGV[1])
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], 'finished', 1)
return 1
