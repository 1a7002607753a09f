--[[
Gives keys that expire their whole time again. Those that do not expire stay so: a watch names them.

KEYS  any number
ARGV  1 time to live, ms
]]
for _, key in ipairs(KEYS) do
  if redis.call('PTTL', key) > 0 then redis.call('PEXPIRE', key, ARGV[1]) end
end
