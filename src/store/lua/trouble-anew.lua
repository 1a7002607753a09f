--[[
Part of other scripts, put before them: a trouble record that begins anew. The episode goes on counting, for ids are made
of it; what is in no trouble goes in time.
]]

-- Answers 1 when there was anything to change.
local function begin_trouble_anew(key, ttl_ms)
  local held = redis.call('HGET', key, 'record')
  if not held then return 0 end
  local record = cjson.decode(held)
  if not record.trouble and not record.failing then
    return redis.call('PTTL', key) == -1 and redis.call('PEXPIRE', key, ttl_ms) or 0
  end
  local rev = string.format('%.0f', record.rev + 1)
  redis.call('HSET', key, 'rev', rev, 'record', string.format('{"rev":%s,"episode":%.0f}', rev, record.episode))
  redis.call('PEXPIRE', key, ttl_ms)
  return 1
end

local function trouble_of(key)
  local held = redis.call('HGET', key, 'record')
  return held and cjson.decode(held).trouble
end
