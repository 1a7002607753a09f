--[[
Part of other scripts, put before them and behind all-or-nothing.lua: the event log and its doorbell.

The log may hold so many events that dispatch has not acknowledged, and no more. What it has acknowledged stays for other
readers while there is room, so the length alone tells nothing; but only a log that has reached its cap is looked at closer.
]]

-- Where the server cannot say how far behind dispatch is, so many entries are counted; a full log and that far behind is stuck.
local COUNTED = 1000

local function group_of(log, name)
  for _, flat in ipairs(redis.call('XINFO', 'GROUPS', log)) do
    local group = {}
    for i = 1, #flat, 2 do group[flat[i]] = flat[i + 1] end
    if group.name == name then return group end
  end
end

-- Below the oldest entry that is handed out and not acknowledged, or below the last one handed out. Whole blocks only.
local function drop_acknowledged(log, group)
  local oldest_pending = redis.call('XPENDING', log, group.name)[2]
  write('XTRIM', log, 'MINID', '~', oldest_pending or group['last-delivered-id'])
end

local function is_behind_by(log, group, cap)
  local unread = group.lag
  if not unread then
    local most = math.min(cap - group.pending, COUNTED)
    if most <= 0 then return true end
    unread = #redis.call('XRANGE', log, '(' .. group['last-delivered-id'], '+', 'COUNT', most)
    if unread == most then return true end
  end
  return group.pending + unread >= cap
end

local function require_room(log, cap, group_name)
  if redis.call('XLEN', log) < cap then return end
  local group = group_of(log, group_name)
  if group then
    drop_acknowledged(log, group)
    if redis.call('XLEN', log) < cap or not is_behind_by(log, group, cap) then return end
  end
  refuse('the event log ' .. log .. ' holds ' .. string.format('%.0f', cap)
    .. ' events that are not dispatched, its cap: nothing more is recorded until some are')
end

local function append_event(log, event, routes)
  local id = write('XADD', log, '*', 'event', event, 'routes', routes)
  on_refusal(function() redis.pcall('XDEL', log, id) end)
end

-- May fail: the log is the truth. Answers why, or ''.
local function ring(channel, event)
  local heard = redis.pcall('PUBLISH', channel, event)
  if type(heard) == 'table' and heard.err then return 'PUBLISH on ' .. channel .. ': ' .. heard.err end
  return ''
end
