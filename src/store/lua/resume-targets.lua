--[[
Asks again for what was abandoned: wanted targets are open again, due at once and as if they had never been asked, and the
trouble of each begins anew, lest it be asked for once a day at once. What is gone or forbidden is due once, for somebody may have
mended that. Named builds have trouble of their own and no target
where they are followed through their job or service. Behind trouble-anew.lua.

KEYS  1 open targets, sorted set   2… for each subject: its target hash, its trouble
ARGV  1 time to live of a record without trouble, ms   2… subjects: target ids and build keys
Returns how many targets are open again
]]
local opened = 0
for i = 2, #ARGV do
  local target, trouble = KEYS[2 * i - 2], KEYS[2 * i - 1]
  local is_abandoned, trouble_now = redis.call('HGET', target, 'abandoned'), trouble_of(trouble)
  if (trouble_now == 'gone' or trouble_now == 'forbidden') and redis.call('ZSCORE', KEYS[1], ARGV[i]) then
    redis.call('HDEL', target, 'nextProbeAt')
    redis.call('ZADD', KEYS[1], 0, ARGV[i])
  end
  if is_abandoned or trouble_now == 'abandoned' then begin_trouble_anew(trouble, ARGV[1]) end
  if is_abandoned then
    redis.call('HSET', target, 'polls', 0, 'errors', 0)
    redis.call('HDEL', target, 'abandoned', 'nextProbeAt', 'answeredAt', 'failure', 'lacks', 'readAt')
    redis.call('ZADD', KEYS[1], 0, ARGV[i])
    opened = opened + 1
  end
end
return opened
