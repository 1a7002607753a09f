--[[
Appends a digest and notes the end of its span, where the next one begins. Behind all-or-nothing.lua and append-event.lua.

KEYS  1 meta hash   2 event log
ARGV  1 end of the digest before, epoch ms, or ''   2 end of this one, epoch ms   3 event, JSON   4 routes, JSON
      5 cap of the event log, entries   6 its consumer group that dispatches   7 channel
Returns {'appended'} | {'raced'}: another replica has appended one since | {'refused', reason}
]]
local META, LOG = unpack(KEYS)

return all_or_nothing(function()
  require_types({'hash', 'stream'})
  if (redis.call('HGET', META, 'digestUntil') or '') ~= ARGV[1] then return {'raced'} end
  require_room(LOG, tonumber(ARGV[5]), ARGV[6])
  append_event(LOG, ARGV[3], ARGV[4])
  put_field(META, 'digestUntil', ARGV[2])
  ring(ARGV[7], ARGV[3])
  return {'appended'}
end)
