--[[
Writes the next record of one subject's trouble, and with it the event, if there is one. All or nothing, and running it again
changes nothing. Behind all-or-nothing.lua and append-event.lua.

KEYS  1 trouble hash   2 event log
ARGV  1 rev of the next record   2 the next record, JSON   3 time to live of a subject that is in no trouble, ms, or ''
      4 cap of the event log, entries   5 its consumer group that dispatches
      6 channel   7 event, JSON, or ''   8 routes, JSON
Returns {'noted'} | {'raced'} when someone else has changed the record | {'refused', reason}
]]
local TROUBLE, LOG = KEYS[1], KEYS[2]
local rev, record, event = ARGV[1], ARGV[2], ARGV[7]

local function set_life()
  if ARGV[3] == '' then write('PERSIST', TROUBLE) else write('PEXPIRE', TROUBLE, ARGV[3]) end
end

return all_or_nothing(function()
  require_types({'hash', 'stream'})
  local known = redis.call('HMGET', TROUBLE, 'rev', 'record')
  -- The reply of an earlier run was lost and the client asks again: it is there already.
  if known[1] == rev and known[2] == record then return {'noted'} end
  if tonumber(known[1] or '0') ~= tonumber(rev) - 1 then return {'raced'} end
  if event ~= '' then
    require_room(LOG, tonumber(ARGV[4]), ARGV[5])
    append_event(LOG, event, ARGV[8])
  end
  put_field(TROUBLE, 'rev', rev)
  put_field(TROUBLE, 'record', record)
  set_life()
  if event ~= '' then ring(ARGV[6], event) end
  return {'noted'}
end)
