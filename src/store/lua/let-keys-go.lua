--[[
Gives keys that nothing needs any more a time to live, unless they have one.

KEYS  any
ARGV  1 time to live, ms
Returns how many began to expire
]]
local begun = 0
for _, key in ipairs(KEYS) do
  if redis.call('PTTL', key) == -1 then begun = begun + redis.call('PEXPIRE', key, ARGV[1]) end
end
return begun
