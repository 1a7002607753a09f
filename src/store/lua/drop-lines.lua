--[[
Forgets the lines of some jobs and services that have not moved for long.

KEYS  for each job or service: heads of its lines, hash; when they moved, sorted set
ARGV  1 epoch ms: what moved last before it goes   2 at most so many of each
Returns how many went
]]
local gone = 0
for i = 1, #KEYS, 2 do
  local unmoved = redis.call('ZRANGEBYSCORE', KEYS[i + 1], '-inf', '(' .. ARGV[1], 'LIMIT', 0, ARGV[2])
  if #unmoved > 0 then
    redis.call('HDEL', KEYS[i], unpack(unmoved))
    redis.call('ZREM', KEYS[i + 1], unpack(unmoved))
    gone = gone + #unmoved
  end
end
return gone
