--[[
Part of other scripts, put before them: writes that are taken back when a later one is refused.

A script that errors half-way keeps its earlier writes. So the script runs its steps through `all_or_nothing`, writes with
`write` (or what stands on it), and each write that must not stay alone says how it is taken back.
Refusals leave as {'refused', reason}; what else goes wrong leaves as the error that it is. Both leave nothing behind,
provided that the user may do what takes back (XDEL, HDEL, ZREM, DEL): the self-test asks for it when the daemon starts.
]]
local undo = {}

local function refuse(reason)
  error({refused = reason})
end

local function on_refusal(take_back)
  undo[#undo + 1] = take_back
end

local function write(command, key, ...)
  local reply = redis.pcall(command, key, ...)
  if type(reply) == 'table' and reply.err then refuse(command .. ' on ' .. key .. ': ' .. reply.err) end
  return reply
end

local function all_or_nothing(steps)
  local done, result = pcall(steps)
  if done then return result end
  for i = #undo, 1, -1 do undo[i]() end
  if type(result) == 'table' and result.refused then return {'refused', result.refused} end
  error(result, 0)
end

local function require_types(types)
  for i, wanted in ipairs(types) do
    local found = redis.call('TYPE', KEYS[i]).ok
    if found ~= 'none' and found ~= wanted then
      refuse('the key ' .. KEYS[i] .. ' holds a ' .. found .. ', expected a ' .. wanted
        .. '; something else writes under this prefix: remove the key or choose another redis.prefix')
    end
  end
end

local function put_field(key, field, value)
  local before = redis.call('HGET', key, field)
  write('HSET', key, field, value)
  on_refusal(function()
    if before then redis.pcall('HSET', key, field, before) else redis.pcall('HDEL', key, field) end
  end)
end

local function drop_field(key, field)
  local before = redis.call('HGET', key, field)
  write('HDEL', key, field)
  on_refusal(function()
    if before then redis.pcall('HSET', key, field, before) end
  end)
end

local function put_member(key, score, member)
  local before = redis.call('ZSCORE', key, member)
  write('ZADD', key, score, member)
  on_refusal(function()
    if before then redis.pcall('ZADD', key, before, member) else redis.pcall('ZREM', key, member) end
  end)
end

local function drop_member(key, member)
  local before = redis.call('ZSCORE', key, member)
  write('ZREM', key, member)
  on_refusal(function()
    if before then redis.pcall('ZADD', key, before, member) end
  end)
end
