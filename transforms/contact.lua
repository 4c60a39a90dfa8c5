-- E-mail addresses and telephone numbers in one form each. What is none is an error, unless you ask with `or_nil`.

local M = {}

--- The address with a small domain and without blanks around it; nil stays nil, and so does an empty text. Only the
--- shape is checked: one @, something before it, a dot in the domain, no blanks.
function M.email(address)
  if address == nil then return nil end
  local trimmed = text.trim(address)
  if trimmed == "" then return nil end
  local name, domain = trimmed:match("^([^%s@]+)@([^%s@]+%.[^%s@.]+)$")
  if not name or domain:find("..", 1, true) then
    error("'" .. address .. "' is no e-mail address", 2)
  end
  return name .. "@" .. text.lower(domain)
end

--- The key by which two addresses are the same person's: all small. RFC 5321 would let the name before the @ differ
--- by case; no provider does.
function M.email_key(address)
  local email = M.email(address)
  return email and text.lower(email)
end

--- The number as +DIGITS (E.164). `country` ("1", "49") is put before a number without one; a leading zero of such a
--- number goes. Blanks, dots, dashes, slashes and parentheses are taken out; anything else is an error.
function M.phone(number, country)
  if number == nil then return nil end
  local trimmed = text.trim(number)
  if trimmed == "" then return nil end
  local digits, extension
  if trimmed:find("[xX]") then digits, extension = trimmed:match("^(.-)%s*[eE]?[xX][tT]?%.?%s*(%d+)$") end
  if not digits then digits = trimmed end
  if digits:find("(0)", 1, true) then digits = digits:gsub("%(0%)", "") end
  digits = digits:gsub("[%s.%-/()]+", "")
  if digits:sub(1, 2) == "00" then digits = "+" .. digits:sub(3) end
  if digits:sub(1, 1) ~= "+" then
    assert(country, "'" .. number .. "' has no country code, and none is given")
    local national = digits:gsub("^0", "")
    if country == "1" and #national == 11 and national:sub(1, 1) == "1" then national = national:sub(2) end
    digits = "+" .. country .. national
  end
  if not digits:find("^%+[1-9]%d+$") or #digits < 8 or #digits > 16 then
    error("'" .. number .. "' is no telephone number", 2)
  end
  if extension then return digits .. ";ext=" .. extension end
  return digits
end

--- `convert(value, ...)`, or nil where it is an error: for columns where a wrong value may go.
function M.or_nil(convert, value, ...)
  local good, result = pcall(convert, value, ...)
  if good then return result end
  return nil
end

--- As a transform: (id, email, phone) with both in one form; numbers without a country are North American.
function M.normalize(row)
  return { id = row.id, email = M.email(row.email), phone = M.phone(row.phone, "1") }
end

return M
