--[[
Notes how the polling of a target stands.

KEYS  1 target hash   2 open targets, sorted set
ARGV  1 id   2 next probe, epoch ms, or ''   3… field, value, field, value … of the pacing; '' for what is not known
Returns 1, or 0 when the target is finished, abandoned or no longer wanted: then nothing is written
]]
local target = redis.call('HMGET', KEYS[1], 'target', 'finished', 'abandoned')
if not target[1] or target[2] or target[3] then return 0 end
for i = 3, #ARGV, 2 do
  if ARGV[i + 1] == '' then
    redis.call('HDEL', KEYS[1], ARGV[i])
  else
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
  end
end
redis.call('ZADD', KEYS[2], ARGV[2] == '' and 0 or ARGV[2], ARGV[1])
return 1
