-- Codes of one system into those of another, by a table. A code that the table does not know is an error: nothing is
-- passed on by chance.

local M = {}

--- A function that maps codes. `known` is { OLD = NEW, ... }. Options:
---   fold = true       old codes are the same in any case, with blanks around them
---   default = VALUE   for codes that the table does not know, instead of the error
---   what = "status"   how the error calls the code
--- nil stays nil.
function M.mapper(known, options)
  options = options or {}
  local function folded(code)
    if options.fold and type(code) == "string" then return text.lower(text.trim(code)) end
    return code
  end
  local map = {}
  for old, new in pairs(known) do map[folded(old)] = new end
  return function(code)
    if code == nil then return nil end
    local new = map[folded(code)]
    if new ~= nil then return new end
    if options.default ~= nil then return options.default end
    error("the " .. (options.what or "code") .. " '" .. tostring(code) .. "' is not in the table of codes", 2)
  end
end

--- The codes of `list`, a text with a separator, each mapped, as a JSON array without repetitions, in their order.
function M.list(list, separator, map)
  if list == nil then return nil end
  local seen, result = {}, json.array({})
  for _, code in ipairs(text.split(list, separator)) do
    local trimmed = text.trim(code)
    if trimmed ~= "" then
      local new = map(trimmed)
      if not seen[new] then
        seen[new] = true
        result[#result + 1] = new
      end
    end
  end
  return json.encode(result)
end

local country = M.mapper({
  usa = "US", us = "US", ["united states"] = "US", uk = "GB", ["united kingdom"] = "GB", gb = "GB",
  germany = "DE", deutschland = "DE", de = "DE", france = "FR", fr = "FR", canada = "CA", ca = "CA",
}, { fold = true, what = "country" })

--- As a transform, and as an example of a table: (id, country) with the country as its ISO 3166 code.
function M.countries(row)
  return { id = row.id, country = country(row.country) }
end

return M
