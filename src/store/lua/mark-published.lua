--[[
Notes that the newest configuration is published whole, so that the next sweep need not do it again.

KEYS  1 configuration hash
ARGV  1 digest
Returns 1, or 0 when another configuration is the newest
]]
if redis.call('HGET', KEYS[1], 'digest') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'published', ARGV[1])
return 1
