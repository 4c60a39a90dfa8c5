-- Rows out of a JSON column: one for each element of an array.

local M = {}

--- The elements of a JSON array as a list. nil and an empty text hold none; anything but an array is an error.
function M.elements(text)
  if text == nil or text == "" then return {} end
  local value = json.decode(text)
  if value == json.null then return {} end
  assert(json.is_array(value), "the JSON is no array")
  return value
end

--- The value of `object[name]`: JSON's null becomes nil, objects and arrays become their JSON text.
function M.field(object, name)
  local value = object[name]
  if value == json.null then return nil end
  if type(value) == "table" then return json.encode(value) end
  return value
end

--- A row for each object of the array in `text`: the fields of `shared`, then those of the object, by `names`
--- (target field = key in the object). `place`, where it is named, takes the element's place, from 1.
function M.fan_out(text, shared, names, place)
  local rows = {}
  for i, element in ipairs(M.elements(text)) do
    assert(type(element) == "table", "element " .. i .. " of the JSON array is no object")
    local row = {}
    for name, value in pairs(shared) do row[name] = value end
    for name, key in pairs(names) do row[name] = M.field(element, key) end
    if place then row[place] = i end
    rows[i] = row
  end
  return rows
end

--- As a transform: a row (id, items) becomes one (id, place, item) for each element of the JSON array `items`.
function M.items(row)
  local rows = {}
  for i, element in ipairs(M.elements(row.items)) do
    rows[i] = { id = row.id, place = i, item = M.field({ value = element }, "value") }
  end
  return rows
end

return M
