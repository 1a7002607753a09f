--[[
Part of record.lua, put before it: what the end of a build means for its line. Reads and writes nothing.

A head is the newest build of a line that passed or failed, and the row of equal results that it ends: {build, createdAt,
result, outcome, consecutive, sinceAt}, and `since`, the same as `sinceAt` in the words of events.
]]
local AFTER_NOTHING = {passed = 'first_passed', failed = 'first_failed'}
local AFTER = {
  passed = {passed = 'still_passing', failed = 'broke'},
  failed = {passed = 'fixed', failed = 'still_failing'},
}

-- Members to be added to the event and the build hash, as {name, text, is_word}.
local function members_of(head, ended, row)
  local verdict = head and AFTER[head.result][ended.result] or AFTER_NOTHING[ended.result]
  local members = {
    {'verdict', verdict, true},
    {'consecutive', string.format('%.0f', row.consecutive)},
    {'since', row.since, true},
  }
  if verdict == 'fixed' then
    members[4] = {'redForMs', string.format('%.0f', math.max(0, ended.time_ms - head.sinceAt))}
    members[5] = {'redBuilds', string.format('%.0f', head.consecutive)}
  end
  return members
end

-- By hand, because cjson writes 1.7e12 for the instants.
local function encode_head(ended, row)
  return string.format(
    '{"build":%s,"createdAt":%.0f,"result":"%s","outcome":"%s","consecutive":%.0f,"sinceAt":%.0f,"since":"%s"}',
    cjson.encode(ended.build), ended.created_at, ended.result, ended.outcome, row.consecutive, row.since_ms, row.since)
end

--[[
`head` as JSON, or false; `ended` is {build, created_at or nil, result ('' for an end that says nothing), outcome, time, time_ms}.
Answers the members and, where the line moves, its new head as JSON. Only what is no older than the head moves it, so `broke`
and `fixed` strictly alternate, whatever the order in which ends are seen.
]]
local function judge(head_json, ended)
  if ended.result == '' then return {} end
  local head = head_json and cjson.decode(head_json) or nil
  if head and head.build == ended.build then return {} end
  if not ended.created_at or (head and ended.created_at < head.createdAt) then return {{'superseded', 'true'}} end
  local row = {consecutive = 1, since = ended.time, since_ms = ended.time_ms}
  if head and head.result == ended.result then
    row = {consecutive = head.consecutive + 1, since = head.since, since_ms = head.sinceAt}
  end
  return members_of(head, ended, row), encode_head(ended, row)
end

-- The event is text that ends in `}}`, for `data` is its last member: decoding it would change numbers that the API served.
local function with_members(event, members)
  local added = {}
  for i, member in ipairs(members) do
    added[i] = ',"' .. member[1] .. '":' .. (member[3] and '"' .. member[2] .. '"' or member[2])
  end
  return string.sub(event, 1, -3) .. table.concat(added) .. '}}'
end
