--[[
Part of other scripts, put before them: how a delivery ends, once. Whatever comes later changes nothing.
`how` is {state, reason or '', detail or '', unlisted: not to stand among the dead letters}; `env` is {pending, dead, now in epoch ms, ttl of an ended row in seconds}, the first
two being keys. The row itself knows its lane. It begins with a write that a full memory does not refuse, whereupon none of
the others is: that a delivery was taken must be noted, or it would be sent again. Returns 1, or 0 when it had ended before or does not exist.
]]
local function end_row(row, id, how, env)
  redis.call('ZREM', env.pending, id)
  local facts = redis.call('HMGET', row, 'state', 'lane')
  if facts[1] ~= 'pending' then return 0 end
  redis.call('HSET', row, 'state', how.state, 'unended', 0, 'endedAt', env.now)
  redis.call('HDEL', row, 'dueAt', 'reason')
  if how.reason ~= '' then redis.call('HSET', row, 'reason', how.reason) end
  if how.detail ~= '' then redis.call('HSET', row, 'detail', how.detail) end
  redis.call('EXPIRE', row, env.ttl)
  -- May fail: whoever finds there what has ended takes it out.
  if facts[2] then redis.pcall('LREM', facts[2], 1, id) end
  if how.state == 'dead_lettered' and not how.unlisted then
    redis.call('ZADD', env.dead, env.now, id)
    redis.call('ZREMRANGEBYSCORE', env.dead, '-inf', string.format('%.0f', tonumber(env.now) - tonumber(env.ttl) * 1000))
  end
  return 1
end
