-- Each decision maker in a prospect's JSON array becomes a contact of its own in the CRM.

local contact = require "contact"
local json_rows = require "json_rows"

local M = {}

-- Ids follow from the prospect and the person, so that a second run finds the contacts of the first. Chosen once:
-- another value makes other ids.
local NAMESPACE = "7c0f5a52-3c0e-5d2b-9a77-5f4b0c1e6d16"

-- What makes two decision makers of one prospect the same person: the e-mail address, else the name.
local function identity(person, email)
  if email then return text.lower(email) end
  local name = json_rows.field(person, "name")
  assert(name and text.trim(name) ~= "", "a decision maker has neither e-mail nor name")
  return text.slug(name)
end

--- The id of a prospect's decision maker; `email` is their address in the form of contact.email, or nil.
function M.contact_id(prospect_id, person, email)
  return uuid.v5(NAMESPACE, prospect_id .. "/" .. identity(person, email))
end

--- (prospect_id, company_name, decision_makers) becomes a row (contact_id, name, company, title, email, phone,
--- linkedin_profile) for each element of decision_makers, an array of { name, title, email, phone, linkedin }. Without
--- decision makers the prospect is dropped. Who stands there twice gives two rows of one contact_id: the load's
--- `write` settles and counts them.
function M.to_contacts(row)
  local rows = {}
  for i, person in ipairs(json_rows.elements(row.decision_makers)) do
    assert(type(person) == "table", "decision maker " .. i .. " is no JSON object")
    local email = contact.email(json_rows.field(person, "email"))
    rows[i] = {
      contact_id = M.contact_id(row.prospect_id, person, email),
      name = json_rows.field(person, "name"),
      company = row.company_name,
      title = json_rows.field(person, "title"),
      email = email,
      phone = contact.phone(json_rows.field(person, "phone"), "1"),
      linkedin_profile = json_rows.field(person, "linkedin"),
    }
  end
  return rows
end

return M
