--[[
Ends a delivery, once, and notes of an accepted one when its notifier last took anything.

KEYS  1 row hash   2 pending deliveries, sorted set   3 dead letters, sorted set by when they died   4 last acceptance of the notifier, string
ARGV  1 id   2 'accepted' | 'dead_lettered' | 'suppressed'   3 reason | ''   4 detail | ''   5 now, epoch ms
      6 time to live of an ended row and of the last acceptance, seconds
Returns 1, or 0 when it had ended before or does not exist
]]
local ended = end_row(KEYS[1], ARGV[1], {state = ARGV[2], reason = ARGV[3], detail = ARGV[4]},
  {pending = KEYS[2], dead = KEYS[3], now = ARGV[5], ttl = ARGV[6]})
if ended == 1 and ARGV[2] == 'accepted' then redis.call('SET', KEYS[4], ARGV[5], 'EX', ARGV[6]) end
return ended
