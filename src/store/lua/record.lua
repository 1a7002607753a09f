--[[
Records one transition of a build, new details of its present state, or an end that is history. All or nothing, and running
it again changes nothing. Behind all-or-nothing.lua, append-event.lua and verdict.lua.

Types and compare-and-set come first, then the event log, the build's own stream, what is kept of its job or service (heads
of lines, durations, active builds), the hash. PUBLISH comes last and may fail: it is a doorbell, the log is the truth.
History stands in no stream: it is there to learn from and for the heads of lines, and nobody is told.

KEYS  1 build hash   2 build's stream   3 event log   4 active builds   5 durations   6 heads of lines   7 when lines moved
ARGV  1 seq read before the request   2 'news' | 'history' | 'details'   3 transition id, or '' with details
      4 cap of the event log, entries   5 its consumer group that dispatches   6 channel
      7 event, JSON, ending in '}}'   8 routes, JSON
      9 time to live of a build that has concluded, ms   10 time to live of lines and durations, ms
      11 'named' when a watch names the build, or ''   12 build id   13 created at, epoch ms, or ''
      14 line, or '' unless it concludes   15 'passed' | 'failed' | ''   16 outcome   17 time of the event, ISO 8601
      18 the same, epoch ms   19 duration, ms, or ''   20 sha, or ''
      21 'selftest' to try the rights and remove everything again, or ''
      22… field, value, field, value … for the build hash
Returns {'recorded', seq, why PUBLISH was refused | ''} | {'unchanged'} | {'stale'} | {'concluded'} | {'refused', reason}
]]
local BUILD, STREAM, LOG, ACTIVE, DURATIONS, LINES, MOVED = unpack(KEYS)
local expected, kind, id = tonumber(ARGV[1]), ARGV[2], ARGV[3]
local builds_ms, lines_ms, is_named = ARGV[9], ARGV[10], ARGV[11] == 'named'
local build, created_at, line, duration_ms = ARGV[12], ARGV[13], ARGV[14], ARGV[19]
local FIRST_FIELD = 22
local concludes, next_seq = line ~= '', expected + 1
local MOST_LINES, MOST_DURATIONS = 5000, 100

local function follow_on()
  put_member(ACTIVE, created_at == '' and '0' or created_at, build)
end

-- It was forgotten, or another recorder met it first: the next probe reads its record before it asks.
local function take_up_again()
  if redis.pcall('ZADD', ACTIVE, 'NX', created_at == '' and '0' or created_at, build) == 1 then
    redis.pcall('PERSIST', BUILD)
    redis.pcall('PERSIST', STREAM)
  end
end

-- What there is to say before anything is written; else nothing, and whether the build is recorded as history.
local function answer_at_once()
  local known = redis.call('HMGET', BUILD, 'seq', 'concluded', 'id', 'history')
  local seq, has_concluded, is_history = tonumber(known[1] or '0'), known[2] == 'true', known[4] == 'true'
  -- The reply of an earlier run was lost and the client asks again: it is there already.
  if kind == 'news' and seq == next_seq and known[3] == id then
    if not has_concluded then take_up_again() end
    return {'unchanged'}
  end
  if is_history and kind ~= 'news' then return {'unchanged'} end
  if has_concluded and not is_history then return {'concluded'} end
  if seq ~= expected then
    if seq > 0 then take_up_again() end
    return {'stale'}
  end
  return nil, is_history
end

-- Redis itself refuses an id that is not above the last: a seq is never written twice.
local function append_own(event)
  local left_ms = redis.call('PTTL', STREAM)
  write('XADD', STREAM, next_seq .. '-0', 'event', event)
  -- A stream remembers the highest id it ever held, and newer servers let no one lower it (XSETID): after an XDEL alone
  -- the next try would be refused for ever. So the few entries are written anew.
  on_refusal(function()
    local entries = redis.call('XRANGE', STREAM, '-', '(' .. next_seq .. '-0')
    redis.pcall('DEL', STREAM)
    for _, entry in ipairs(entries) do redis.pcall('XADD', STREAM, entry[1], unpack(entry[2])) end
    if left_ms > 0 then redis.pcall('PEXPIRE', STREAM, left_ms) end
  end)
end

local function lowest_beyond(key, most)
  local excess = redis.call('ZCARD', key) - most
  return excess > 0 and redis.call('ZRANGE', key, 0, excess - 1) or {}
end

-- Where there is no room for all lines, those that passed make way first: without its head a red line would never be told
-- to be fixed. So heads that failed stand above all others, as drop-lines.lua knows, and the lowest are the next to go.
local function place_of_line()
  return ARGV[15] == 'failed' and string.format('%.0f', 1e15 + tonumber(ARGV[18])) or ARGV[18]
end

local function move_line(head)
  put_field(LINES, line, head)
  put_member(MOVED, place_of_line(), line)
  for _, unmoved in ipairs(lowest_beyond(MOVED, MOST_LINES)) do
    drop_field(LINES, unmoved)
    drop_member(MOVED, unmoved)
  end
  write('PEXPIRE', LINES, lines_ms)
  write('PEXPIRE', MOVED, lines_ms)
end

local function learn_duration()
  if duration_ms == '' or created_at == '' then return end
  put_member(DURATIONS, created_at, duration_ms .. ':' .. build)
  for _, oldest in ipairs(lowest_beyond(DURATIONS, MOST_DURATIONS)) do drop_member(DURATIONS, oldest) end
  write('PEXPIRE', DURATIONS, lines_ms)
end

local function write_build(members, was_history)
  local fields, written = {}, {}
  for i = FIRST_FIELD, #ARGV do fields[#fields + 1] = ARGV[i] end
  for _, member in ipairs(members) do
    fields[#fields + 1] = member[1]
    fields[#fields + 1] = member[2]
  end
  local before, left_ms = redis.call('HGETALL', BUILD), redis.call('PTTL', BUILD)
  write('HSET', BUILD, unpack(fields))
  on_refusal(function()
    redis.pcall('DEL', BUILD)
    if #before > 0 then redis.pcall('HSET', BUILD, unpack(before)) end
    if left_ms > 0 then redis.pcall('PEXPIRE', BUILD, left_ms) end
  end)
  if not was_history then return end
  for i = 1, #fields, 2 do written[fields[i]] = true end
  for i = 1, #before, 2 do
    if not written[before[i]] then write('HDEL', BUILD, before[i]) end
  end
end

local function set_life(expires)
  for _, key in ipairs({BUILD, STREAM}) do
    if expires then write('PEXPIRE', key, builds_ms) else write('PERSIST', key) end
  end
end

local function record_details()
  write_build({}, false)
  -- What has shown no status yet is in no list of active builds that would bring it to an end.
  if expected > 0 then follow_on() end
  set_life(expected == 0 and not is_named)
  return {'recorded', expected, ''}
end

local function judged()
  if not concludes then return {} end
  return judge(redis.call('HGET', LINES, line), {
    build = build, created_at = tonumber(created_at), result = ARGV[15], outcome = ARGV[16],
    time = ARGV[17], time_ms = tonumber(ARGV[18]), sha = ARGV[20] ~= '' and ARGV[20] or nil,
  })
end

local function record_change(was_history)
  local members, head = judged()
  local event = kind == 'news' and with_members(ARGV[7], members)
  if event then
    require_room(LOG, tonumber(ARGV[4]), ARGV[5])
    append_event(LOG, event, ARGV[8])
    append_own(event)
  end
  if head then move_line(head) end
  if concludes then
    learn_duration()
    drop_member(ACTIVE, build)
  else
    follow_on()
  end
  write_build(members, was_history)
  set_life(concludes and not is_named)
  if not event then return {'recorded', 0, ''} end
  return {'recorded', next_seq, ring(ARGV[6], event)}
end

-- What only a take-back or a full log would need; then everything goes again.
local function self_test()
  on_refusal(function() redis.pcall('DEL', unpack(KEYS)) end)
  local result = record_change(false)
  write('XDEL', LOG, '0-1')
  write('XTRIM', LOG, 'MINID', '~', '0-1')
  write('HDEL', LINES, '')
  write('DEL', unpack(KEYS))
  return result
end

return all_or_nothing(function()
  require_types({'hash', 'stream', 'stream', 'zset', 'zset', 'hash', 'zset'})
  local answer, was_history = answer_at_once()
  if answer then return answer end
  if kind == 'details' then return record_details() end
  if ARGV[21] == 'selftest' then return self_test() end
  return record_change(was_history)
end)
