--[[
Makes some targets wanted, unless a newer configuration was announced meanwhile. A target that is known keeps its pacing,
and stays finished or abandoned if it was. One that is asked for in another way now is due at once: what it slept for may be
hours away, and gone.

KEYS  1 configuration hash   2 wanted targets, set   3 open targets, sorted set   4… target hashes
ARGV  1 digest   2… for each target: id, JSON
Returns 1, or 0 when another configuration is the newest
]]
if redis.call('HGET', KEYS[1], 'digest') ~= ARGV[1] then return 0 end
local generation = redis.call('HGET', KEYS[1], 'generation')
for i = 0, (#ARGV - 1) / 2 - 1 do
  local id, json, target = ARGV[2 + 2 * i], ARGV[3 + 2 * i], KEYS[4 + i]
  local before = redis.call('HGET', target, 'target')
  redis.call('HSET', target, 'target', json, 'generation', generation)
  redis.call('SADD', KEYS[2], id)
  local known = redis.call('HMGET', target, 'finished', 'abandoned', 'nextProbeAt')
  if not known[1] and not known[2] then
    if before and before ~= json then
      redis.call('HDEL', target, 'nextProbeAt')
      redis.call('HSET', target, 'why', 'changed')
      redis.call('ZADD', KEYS[3], 0, id)
    else
      redis.call('ZADD', KEYS[3], 'NX', known[3] or 0, id)
    end
  end
end
return 1
