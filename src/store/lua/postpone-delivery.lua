--[[
Notes that an attempt ended, or was given back and does not count, or that none was started, and when another is due. In the last
case those that never ended stay counted.

KEYS  1 row hash   2 pending deliveries, sorted set by next attempt
ARGV  1 id   2 next attempt, epoch ms   3 why   4 'failed' | 'given_back' | 'not_started'
Returns 1, or 0 when the delivery has ended: then nothing is written
]]
local row = redis.call('HMGET', KEYS[1], 'state', 'unended', 'startedAt', 'attempts')
if row[1] ~= 'pending' then return 0 end
if ARGV[4] == 'given_back' then
  -- It may have been replayed since: then there is nothing to give back.
  if tonumber(row[4]) > 0 then redis.call('HINCRBY', KEYS[1], 'attempts', -1) end
elseif ARGV[4] == 'failed' and row[2] ~= '0' then
  redis.call('HSET', KEYS[1], 'tried:' .. row[3], ARGV[3])
end
if ARGV[4] ~= 'not_started' then redis.call('HSET', KEYS[1], 'unended', 0) end
redis.call('HSET', KEYS[1], 'dueAt', ARGV[2], 'reason', ARGV[3])
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1])
return 1
