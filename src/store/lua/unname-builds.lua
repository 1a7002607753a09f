--[[
Notes that no watch names some builds any more, unless a newer configuration was announced meanwhile.

KEYS  1 configuration hash   2 named builds, set
ARGV  1 digest   2… build keys
Returns 1, or 0 when another configuration is the newest
]]
if redis.call('HGET', KEYS[1], 'digest') ~= ARGV[1] then return 0 end
for i = 2, #ARGV do redis.call('SREM', KEYS[2], ARGV[i]) end
return 1
