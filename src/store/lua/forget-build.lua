--[[
Lets go of a build that is no longer followed, though it has not concluded: what is recorded of it expires. One that has
concluded meanwhile has a life of its own already.

KEYS  1 build hash   2 build's stream   3 active builds of its job or service, sorted set
ARGV  1 build id   2 time to live, ms
]]
redis.call('ZREM', KEYS[3], ARGV[1])
if redis.call('HGET', KEYS[1], 'concluded') == 'true' then return end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
redis.call('PEXPIRE', KEYS[2], ARGV[2])
