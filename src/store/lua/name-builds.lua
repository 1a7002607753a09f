--[[
Notes that watches name some builds, unless a newer configuration was announced meanwhile: what is recorded of them stays
as long as that.

KEYS  1 configuration hash   2 named builds, set   3… for each build: its hash, its stream
ARGV  1 digest   2… build keys
Returns 1, or 0 when another configuration is the newest
]]
if redis.call('HGET', KEYS[1], 'digest') ~= ARGV[1] then return 0 end
for i = 2, #ARGV do redis.call('SADD', KEYS[2], ARGV[i]) end
for i = 3, #KEYS do redis.call('PERSIST', KEYS[i]) end
return 1
