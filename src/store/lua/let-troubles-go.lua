--[[
Lets the trouble records of subjects that nobody watches any more go in time. Behind trouble-anew.lua.

KEYS  trouble hashes
ARGV  1 time to live, ms
Returns how many began to go
]]
local going = 0
for _, key in ipairs(KEYS) do going = going + begin_trouble_anew(key, ARGV[1]) end
return going
