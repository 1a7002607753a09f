--[[
Brings the expiry of what is recorded of builds into line with who wants them: what a watch names stays, what is followed
stays until it has concluded, and anything else goes in time. Nobody follows a build whose job or service is no target and
that no watch names: it leaves the active ones, as does one that has concluded or expired. It looks for itself at what is
wanted, so whoever asks may be late; run again it changes nothing.

KEYS  1 named builds, set   2 wanted targets, set
      3… for each build: its hash, its stream, the active builds of its job or service
ARGV  1 time to live, ms   2… for each build: its key, the key of its job or service, its id
Returns how many began to expire
]]
local begun = 0

local function expire(key)
  if redis.call('PTTL', key) ~= -1 then return 0 end
  return redis.call('PEXPIRE', key, ARGV[1])
end

for i = 0, (#ARGV - 1) / 3 - 1 do
  local hash, stream, active = KEYS[3 + 3 * i], KEYS[4 + 3 * i], KEYS[5 + 3 * i]
  local key, resource, id = ARGV[2 + 3 * i], ARGV[3 + 3 * i], ARGV[4 + 3 * i]
  local is_named = redis.call('SISMEMBER', KEYS[1], key) == 1
  local is_open = redis.call('EXISTS', hash) == 1 and redis.call('HGET', hash, 'concluded') ~= 'true'
  local is_watched = is_named or redis.call('SISMEMBER', KEYS[2], resource) == 1
  if not (is_open and is_watched) then redis.call('ZREM', active, id) end
  if is_named or redis.call('ZSCORE', active, id) then
    redis.call('PERSIST', hash)
    redis.call('PERSIST', stream)
  else
    begun = begun + expire(hash)
    expire(stream)
  end
end
return begun
