--[[
Makes some targets unwanted, unless a newer configuration was announced meanwhile. Their pacing goes; what is recorded of
their builds is seen to by settle-builds.lua.

KEYS  1 configuration hash   2 wanted targets, set   3 open targets, sorted set   4… target hashes
ARGV  1 digest   2… ids
Returns 1, or 0 when another configuration is the newest
]]
if redis.call('HGET', KEYS[1], 'digest') ~= ARGV[1] then return 0 end
for i = 2, #ARGV do
  redis.call('SREM', KEYS[2], ARGV[i])
  redis.call('ZREM', KEYS[3], ARGV[i])
  redis.call('DEL', KEYS[2 + i])
end
return 1
