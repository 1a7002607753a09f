--[[
Records one transition of a build, or new details of its present state. All or nothing, and running it again changes nothing.

A script that errors half-way keeps its earlier writes. Hence the order: types and compare-and-set first, then the event
log, the build's own stream, the hash; each write under pcall, and if one is refused the earlier ones are taken back.
PUBLISH comes last and may fail: it is a doorbell, the log is the truth.

KEYS  1 build hash   2 build's stream   3 event log   4 target hash (only looked at)
ARGV  1 seq read before the request
      2 transition id, or '' when only details changed
      3 cap of the event log, entries
      4 time to live of a build that no target watches, seconds
      5 channel   6 event, JSON   7 routes, JSON
      8 'selftest' to remove everything again at the end, or ''
      9… field, value, field, value … for the build hash
Returns {'recorded', seq, why PUBLISH was refused | ''} | {'unchanged'} | {'stale'} | {'concluded'} | {'refused', reason}
]]
local TYPES = {'hash', 'stream', 'stream', 'hash'}
for i, wanted in ipairs(TYPES) do
  local found = redis.call('TYPE', KEYS[i]).ok
  if found ~= 'none' and found ~= wanted then
    return {'refused', 'the key ' .. KEYS[i] .. ' holds a ' .. found .. ', expected a ' .. wanted
      .. '; something else writes under this prefix: remove the key or choose another redis.prefix'}
  end
end

local expected, id = tonumber(ARGV[1]), ARGV[2]
local known = redis.call('HMGET', KEYS[1], 'seq', 'concluded', 'id')
local seq = tonumber(known[1] or '0')
local next_seq = expected + 1

-- The reply of an earlier run was lost and the client asks again: it is there already.
if id ~= '' and seq == next_seq and known[3] == id then return {'unchanged'} end
if known[2] == 'true' then return {'concluded'} end
if seq ~= expected then return {'stale'} end

local fields = {}
for i = 9, #ARGV do fields[#fields + 1] = ARGV[i] end

local function refusal(command, key, reply)
  if type(reply) == 'table' and reply.err then
    return {'refused', command .. ' on ' .. key .. ': ' .. reply.err}
  end
end

local function write_hash()
  return refusal('HSET', KEYS[1], redis.pcall('HSET', KEYS[1], unpack(fields)))
end

-- What no target watches goes in time; a target's publication takes the time to live away again.
local function expire_unwatched()
  if redis.call('EXISTS', KEYS[4]) == 0 then
    redis.pcall('EXPIRE', KEYS[1], ARGV[4])
    redis.pcall('EXPIRE', KEYS[2], ARGV[4])
  end
end

if id == '' then
  local refused = write_hash()
  if refused then return refused end
  expire_unwatched()
  return {'recorded', seq, ''}
end

local function record_transition()
  local held = redis.call('XLEN', KEYS[3])
  if held >= tonumber(ARGV[3]) then
    return {'refused', 'the event log ' .. KEYS[3] .. ' holds ' .. held
      .. ' entries, its cap: events are not being dispatched'}
  end

  local logged = redis.pcall('XADD', KEYS[3], '*', 'event', ARGV[6], 'routes', ARGV[7])
  local refused = refusal('XADD', KEYS[3], logged)
  if refused then return refused end

  local function take_back_log()
    redis.pcall('XDEL', KEYS[3], logged)
  end

  -- A stream remembers the highest id it ever held, and newer servers let no one lower it (XSETID): after an XDEL alone
  -- the next try would be refused for ever. So the few entries are written anew.
  local function take_back_own()
    local entries, left_ms = redis.call('XRANGE', KEYS[2], '-', '(' .. next_seq .. '-0'), redis.call('PTTL', KEYS[2])
    redis.pcall('DEL', KEYS[2])
    for _, entry in ipairs(entries) do redis.pcall('XADD', KEYS[2], entry[1], unpack(entry[2])) end
    if left_ms > 0 then redis.pcall('PEXPIRE', KEYS[2], left_ms) end
  end

  -- Redis itself refuses an id that is not above the last: a seq is never written twice.
  local appended = redis.pcall('XADD', KEYS[2], next_seq .. '-0', 'event', ARGV[6])
  refused = refusal('XADD', KEYS[2], appended)
  if refused then
    take_back_log()
    return refused
  end

  refused = write_hash()
  if refused then
    take_back_log()
    take_back_own()
    return refused
  end
  expire_unwatched()

  local rung = redis.pcall('PUBLISH', ARGV[5], ARGV[6])
  local unheard = refusal('PUBLISH', ARGV[5], rung)
  return {'recorded', next_seq, unheard and unheard[2] or ''}
end

local result = record_transition()
if ARGV[8] == 'selftest' then
  local refused = refusal('DEL', KEYS[1], redis.pcall('DEL', KEYS[1], KEYS[2], KEYS[3]))
  if refused and result[1] == 'recorded' then return refused end
end
return result
