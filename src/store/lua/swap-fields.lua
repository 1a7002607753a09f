--[[
Changes some fields of a hash that nobody has changed meanwhile.

KEYS  1 hash
ARGV  for each: field, its value as it was read, its next value or '' to remove it
Returns how many were changed
]]
local changed = 0
for i = 1, #ARGV, 3 do
  if redis.call('HGET', KEYS[1], ARGV[i]) == ARGV[i + 1] then
    if ARGV[i + 2] == '' then
      redis.call('HDEL', KEYS[1], ARGV[i])
    else
      redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 2])
    end
    changed = changed + 1
  end
end
return changed
