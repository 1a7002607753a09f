--[[
Notes that an attempt to deliver starts, before anything is sent. An attempt that never ends (the process died with it)
stays counted as unended; too many of those and the delivery is poison.

KEYS  1 row hash
ARGV  1 body   2 unended attempts that make it poison   3 now, epoch ms
Returns {'started', attempt, body as frozen at the first attempt} | {'ended'} | {'poison'}
]]
local row = redis.call('HMGET', KEYS[1], 'state', 'unended')
if row[1] ~= 'pending' then return {'ended'} end
if tonumber(row[2]) >= tonumber(ARGV[2]) then return {'poison'} end
redis.call('HSETNX', KEYS[1], 'body', ARGV[1])
redis.call('HINCRBY', KEYS[1], 'unended', 1)
redis.call('HSET', KEYS[1], 'startedAt', ARGV[3])
local attempt = redis.call('HINCRBY', KEYS[1], 'attempts', 1)
return {'started', attempt, redis.call('HGET', KEYS[1], 'body')}
