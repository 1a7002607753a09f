--[[
Asks again for what was abandoned: wanted targets are open again, due at once and as if they had never been asked, and the
trouble of each begins anew, lest it be asked for once a day at once. Named builds have trouble of their own and no target
where they are followed through their job or service. Behind trouble-anew.lua.

KEYS  1 open targets, sorted set   2… for each subject: its target hash, its trouble
ARGV  1 time to live of a record without trouble, ms   2… subjects: target ids and build keys
Returns how many targets are open again
]]
local opened = 0
for i = 2, #ARGV do
  local target, trouble = KEYS[2 * i - 2], KEYS[2 * i - 1]
  local is_abandoned = redis.call('HGET', target, 'abandoned')
  if is_abandoned or trouble_of(trouble) == 'abandoned' then begin_trouble_anew(trouble, ARGV[1]) end
  if is_abandoned then
    redis.call('HSET', target, 'polls', 0, 'errors', 0)
    redis.call('HDEL', target, 'abandoned', 'nextProbeAt', 'answeredAt', 'failure', 'lacks')
    redis.call('ZADD', KEYS[1], 0, ARGV[i])
    opened = opened + 1
  end
end
return opened
