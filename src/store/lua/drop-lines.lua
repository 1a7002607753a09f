--[[
Forgets the lines of some jobs and services that have not moved for long.

KEYS  for each job or service: heads of its lines, hash; when they moved, sorted set: epoch ms, of heads that failed 1e15 more
ARGV  1 epoch ms: what moved last before it goes   2 at most so many that passed of each, and as many that failed
Returns how many went
]]
local gone = 0
for i = 1, #KEYS, 2 do
  for _, from in ipairs({0, 1e15}) do
    local before = string.format('(%.0f', from + tonumber(ARGV[1]))
    local unmoved = redis.call('ZRANGEBYSCORE', KEYS[i + 1], string.format('%.0f', from), before, 'LIMIT', 0, ARGV[2])
    if #unmoved > 0 then
      redis.call('HDEL', KEYS[i], unpack(unmoved))
      redis.call('ZREM', KEYS[i + 1], unpack(unmoved))
      gone = gone + #unmoved
    end
  end
end
return gone
