-- People's names, taken apart. There is no rule that fits all of them: what cannot be told stays in `last`.

local M = {}

local titles = {
  dr = true, prof = true, mr = true, mrs = true, ms = true, miss = true, sir = true, dame = true, rev = true,
}
local suffixes = {
  jr = true, sr = true, ii = true, iii = true, iv = true, phd = true, md = true, esq = true, mba = true, cpa = true,
}
-- Particles that belong to the family name: "Ludwig van Beethoven".
local particles = {
  van = true, von = true, der = true, den = true, de = true, del = true, della = true, da = true, di = true,
  la = true, le = true, du = true, dos = true, ter = true, ten = true, bin = true, ibn = true, al = true,
}

local function plain(word)
  return (text.lower(word):gsub("[.,]", ""))
end

local function words(name)
  local list = {}
  for word in name:gmatch("%S+") do list[#list + 1] = word end
  return list
end

-- Takes titles off the front and suffixes off the end.
local function bare(list)
  local title, suffix = {}, {}
  while #list > 1 and titles[plain(list[1])] do title[#title + 1] = table.remove(list, 1) end
  while #list > 1 and suffixes[plain(list[#list])] do
    table.insert(suffix, 1, (table.remove(list):gsub(",$", "")))
  end
  if #list > 0 then list[#list] = list[#list]:gsub(",$", "") end
  return title, suffix
end

local function joined(list, first, last)
  local part = table.concat(list, " ", first, last)
  if part ~= "" then return part end
  return nil
end

--- { title, first, middle, last, suffix } of a full name; what is absent is nil. Takes "Dr. Ada M. King",
--- "Ludwig van Beethoven" and "King, Ada M.". An empty name gives an empty table.
function M.split(name)
  if name == nil then return {} end
  local list = words(name)
  local title, suffix = bare(list)
  local family, given = table.concat(list, " "):match("^([^,]+),%s*(.+)$")
  local parts = { title = joined(title), suffix = joined(suffix) }
  if family then
    local names = words(given)
    parts.first, parts.middle, parts.last = names[1], joined(names, 2), family
    return parts
  end
  if #list == 0 then return parts end
  if #list == 1 then
    parts.last = list[1]
    return parts
  end
  local last = #list
  for i = 2, #list - 1 do
    if particles[list[i]] then
      last = i
      break
    end
  end
  parts.first = list[1]
  parts.middle = joined(list, 2, last - 1)
  parts.last = joined(list, last)
  return parts
end

--- As a transform: (id, name) becomes (id, title, first, middle, last, suffix).
function M.person(row)
  local parts = M.split(row.name)
  parts.id = row.id
  return parts
end

return M
