--[[
Notes that a target needs no more polls, because its build has concluded or nobody asks for it any more. It stays wanted: it
must not begin anew while a watch wants it.

KEYS  1 target hash   2 open targets, sorted set
ARGV  1 id   2 'finished' | 'abandoned'
Returns 1, or 0 when the target is no longer wanted
]]
redis.call('ZREM', KEYS[2], ARGV[1])
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], ARGV[2], 1)
return 1
