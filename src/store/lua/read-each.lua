--[[
Asks the same of many keys, where a command for each would take the client longer than the server. Writes nothing.

KEYS  any
ARGV  1 command   2… what follows the key
Returns a list: what the command answers for each
]]
local replies = {}
for i, key in ipairs(KEYS) do
  local reply = redis.pcall(ARGV[1], key, unpack(ARGV, 2))
  if type(reply) == 'table' and reply.err then
    return redis.error_reply(ARGV[1] .. ' on ' .. key .. ': ' .. reply.err)
  end
  replies[i] = reply
end
return replies
