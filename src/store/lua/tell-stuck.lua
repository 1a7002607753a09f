--[[
Tells once that a build seems to be stuck. Behind all-or-nothing.lua and append-event.lua. The event stands in the log alone:
it is no transition, so the build's own stream and `seq` know nothing of it.

KEYS  1 build hash   2 event log
ARGV  1 event, JSON   2 routes, JSON   3 time of the event   4 cap of the event log, entries   5 its consumer group that
      dispatches   6 channel
Returns {'told', why PUBLISH was refused | ''} | {'not told'}: it is unknown, has concluded or was told of before | {'refused', reason}
]]
local BUILD, LOG = unpack(KEYS)

return all_or_nothing(function()
  require_types({'hash', 'stream'})
  local known = redis.call('HMGET', BUILD, 'seq', 'concluded', 'stuck')
  if not known[1] or known[2] == 'true' or known[3] then return {'not told'} end
  require_room(LOG, tonumber(ARGV[4]), ARGV[5])
  append_event(LOG, ARGV[1], ARGV[2])
  put_field(BUILD, 'stuck', ARGV[3])
  return {'told', ring(ARGV[6], ARGV[1])}
end)
