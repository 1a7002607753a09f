--[[
May this replica sweep? During a rollout replicas hold different files; only holders of the newest configuration may say
what is wanted. The newest is the one announced last, and a replica announces its own when there is none, when nobody has
ever announced this one (a rollout), or when no live replica holds the newest any more (a rollback). Claiming is also the
replica's sign of life.

KEYS  1 configuration hash   2 digests announced before, sorted set by generation   3 replicas hash
ARGV  1 digest   2 replica id   3 now, epoch ms   4 how long a sign of life counts, ms
Returns 1 when this configuration is the newest, else 0
]]
local digest, replica, now, live_ms = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local REMEMBERED = 1000

redis.call('HSET', KEYS[3], replica, ARGV[3] .. ' ' .. digest)
local newest = redis.call('HGET', KEYS[1], 'digest')

-- Each start is a replica of its own: whoever went without a farewell is forgotten here, or the hash would grow for ever.
local beats, newest_is_held = redis.call('HGETALL', KEYS[3]), false
for i = 1, #beats, 2 do
  local at, holds = string.match(beats[i + 1], '^(%d+) (.*)$')
  if math.abs(now - tonumber(at)) > live_ms then
    redis.call('HDEL', KEYS[3], beats[i])
  elseif holds == newest then
    newest_is_held = true
  end
end

if newest == digest then return 1 end
if newest and redis.call('ZSCORE', KEYS[2], digest) and newest_is_held then return 0 end

local generation = redis.call('HINCRBY', KEYS[1], 'generation', 1)
redis.call('HSET', KEYS[1], 'digest', digest)
redis.call('HDEL', KEYS[1], 'published')
redis.call('ZADD', KEYS[2], generation, digest)
redis.call('ZREMRANGEBYRANK', KEYS[2], 0, -REMEMBERED - 1)
return 1
