--[[
Notes whom to tell of the trouble of each account, unless a newer configuration was announced meanwhile. Accounts that are
not among them go, after the others are written: a server that is full refuses the writing and not the removal.

KEYS  1 configuration hash   2 accounts, hash
ARGV  1 digest   2… for each account: name, routes as JSON
Returns 1, or 0 when another configuration is the newest
]]
if redis.call('HGET', KEYS[1], 'digest') ~= ARGV[1] then return 0 end
local present = {}
for i = 2, #ARGV, 2 do
  redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1])
  present[ARGV[i]] = true
end
for _, account in ipairs(redis.call('HKEYS', KEYS[2])) do
  if not present[account] then redis.call('HDEL', KEYS[2], account) end
end
return 1
