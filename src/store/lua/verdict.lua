--[[
Part of record.lua, put before it: what the end of a build means for its line. Reads and writes nothing.

A head is the newest build of a line that passed or failed, and the row of equal results that it ends: {build, createdAt,
result, outcome, consecutive, sinceAt}, `since`, the same as `sinceAt` in the words of events, and what was said of its own
end: `verdict`, with `fixed` {redForMs, redBuilds}, and {firstFailedBuild, firstFailedSha}: the first build of the row of
failures, of the one that goes on or, with `fixed`, of the one that is over; the sha where it is known. Heads that an older
version wrote lack all from `verdict` on.
]]
local AFTER_NOTHING = {passed = 'first_passed', failed = 'first_failed'}
local AFTER = {
  passed = {passed = 'still_passing', failed = 'broke'},
  failed = {passed = 'fixed', failed = 'still_failing'},
}

-- What a head, present or next, says of the end that made it; to be added to the event and the build hash, as {name, text,
-- is_word}. Words may be foreign.
local function members_of(head)
  local members = {
    {'verdict', head.verdict, true},
    {'consecutive', string.format('%.0f', head.consecutive)},
    {'since', head.since, true},
  }
  if head.redBuilds then
    members[#members + 1] = {'redForMs', string.format('%.0f', head.redForMs)}
    members[#members + 1] = {'redBuilds', string.format('%.0f', head.redBuilds)}
  end
  for _, name in ipairs({'firstFailedBuild', 'firstFailedSha'}) do
    if head[name] then members[#members + 1] = {name, head[name], true} end
  end
  return members
end

-- Of the row of failures that `ended` begins, prolongs or ends; nothing where it is none of these, or nobody knows.
local function first_failure(head, ended)
  local goes_on = head and head.result == 'failed'
  if not goes_on then
    if ended.result == 'passed' then return nil end
    return ended.build, ended.sha
  end
  -- An older version wrote the head: a row of one is known all the same, but for its commit.
  if not head.firstFailedBuild and head.consecutive == 1 then return head.build end
  return head.firstFailedBuild, head.firstFailedSha
end

-- The head that this end makes where `head`, or nothing, was before.
local function next_head(head, ended)
  local made = {consecutive = 1, since = ended.time, sinceAt = ended.time_ms}
  if head and head.result == ended.result then
    made = {consecutive = head.consecutive + 1, since = head.since, sinceAt = head.sinceAt}
  end
  made.verdict = head and AFTER[head.result][ended.result] or AFTER_NOTHING[ended.result]
  if made.verdict == 'fixed' then
    made.redForMs, made.redBuilds = math.max(0, ended.time_ms - head.sinceAt), head.consecutive
  end
  made.firstFailedBuild, made.firstFailedSha = first_failure(head, ended)
  return made
end

-- By hand, because cjson writes 1.7e12 for the instants.
local function encode_head(ended, made)
  local red = made.redBuilds and string.format(',"redForMs":%.0f,"redBuilds":%.0f', made.redForMs, made.redBuilds) or ''
  for _, name in ipairs({'firstFailedBuild', 'firstFailedSha'}) do
    if made[name] then red = red .. ',"' .. name .. '":' .. cjson.encode(made[name]) end
  end
  return string.format(
    '{"build":%s,"createdAt":%.0f,"result":"%s","outcome":"%s","consecutive":%.0f,"sinceAt":%.0f,"since":"%s","verdict":"%s"%s}',
    cjson.encode(ended.build), ended.created_at, ended.result, ended.outcome, made.consecutive, made.sinceAt, made.since,
    made.verdict, red)
end

-- The build at the head ends once more: it was history and is told now, or its record was lost. It says what it said then.
-- A head without a verdict tells one only by a row of several; where there is none to tell, there is nothing to say.
local function members_again(head, ended)
  if not head.verdict and head.consecutive > 1 then head.verdict = AFTER[head.result][head.result] end
  return head.verdict and head.result == ended.result and members_of(head) or {}
end

--[[
`head` as JSON, or false; `ended` is {build, created_at or nil, result ('' for an end that says nothing), outcome, time, time_ms, sha or nil}.
Answers the members and, where the line moves, its new head as JSON. Only what is no older than the head moves it, so `broke`
and `fixed` strictly alternate, whatever the order in which ends are seen.
]]
local function judge(head_json, ended)
  if ended.result == '' then return {} end
  local head = head_json and cjson.decode(head_json) or nil
  if head and head.build == ended.build then return members_again(head, ended) end
  if not ended.created_at or (head and ended.created_at < head.createdAt) then return {{'superseded', 'true'}} end
  local made = next_head(head, ended)
  return members_of(made), encode_head(ended, made)
end

-- The event is text that ends in `}}`, for `data` is its last member: decoding it would change numbers that the API served.
local function with_members(event, members)
  local added = {}
  for i, member in ipairs(members) do
    added[i] = ',"' .. member[1] .. '":' .. (member[3] and cjson.encode(member[2]) or member[2])
  end
  return string.sub(event, 1, -3) .. table.concat(added) .. '}}'
end
