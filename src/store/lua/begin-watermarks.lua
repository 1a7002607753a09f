--[[
Sets the watermarks that do not exist yet. One that retention has taken away begins anew; one that this process remembers and
Redis has lost is put back.

KEYS  1 watermarks, hash
ARGV  for each: field, the new one, the one remembered or ''; both JSON
Returns a list: for each how it then stands
]]
local marks = {}
for i = 1, #ARGV, 3 do
  local held = redis.call('HGET', KEYS[1], ARGV[i])
  if not held or cjson.decode(held).removedAt then
    local remembered = not held and ARGV[i + 2] ~= ''
    held = remembered and ARGV[i + 2] or ARGV[i + 1]
    redis.call('HSET', KEYS[1], ARGV[i], held)
  end
  marks[#marks + 1] = held
end
return marks
