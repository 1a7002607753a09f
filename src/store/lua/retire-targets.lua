--[[
Makes some targets unwanted, unless a newer configuration was announced meanwhile. What is recorded of their builds stays
readable for a while.

KEYS  1 configuration hash   2 wanted targets, set   3 open targets, sorted set
      4… for each target: its hash, its build's hash, its build's stream
ARGV  1 digest   2 time to live of the builds' records, seconds   3… ids
Returns 1, or 0 when another configuration is the newest
]]
if redis.call('HGET', KEYS[1], 'digest') ~= ARGV[1] then return 0 end
for i = 0, #ARGV - 3 do
  local id = ARGV[3 + i]
  redis.call('SREM', KEYS[2], id)
  redis.call('ZREM', KEYS[3], id)
  redis.call('DEL', KEYS[4 + 3 * i])
  redis.call('EXPIRE', KEYS[5 + 3 * i], ARGV[2])
  redis.call('EXPIRE', KEYS[6 + 3 * i], ARGV[2])
end
return 1
