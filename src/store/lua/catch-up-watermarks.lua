--[[
Notes that the lists behind some watermarks have been read as far back as was wanted. That is never taken back.

KEYS  1 watermarks, hash
ARGV  fields
Returns a list: for each how it then stands, or false when there is none
]]
local marks = {}
for i, field in ipairs(ARGV) do
  local held = redis.call('HGET', KEYS[1], field)
  local mark = held and cjson.decode(held)
  if mark and not mark.removedAt and not mark.caughtUp then
    -- By hand, because cjson may write instants as 1.7e12.
    held = string.format('{"at":%.0f,"caughtUp":true}', mark.at)
    redis.call('HSET', KEYS[1], field, held)
  end
  marks[i] = held
end
return marks
