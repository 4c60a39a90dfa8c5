-- What run.py lua measures.
local M = {}

--- A row of six columns, of which one is computed.
function M.six(row)
  return { id = row.id, name = row.name, quantity = row.quantity, price = row.price * row.quantity, placed = row.placed,
           state = row.state }
end

--- A contact for each element of decision_makers: nothing but the JSON and the rows.
function M.contacts(row)
  local rows = {}
  for i, person in ipairs(json.decode(row.decision_makers)) do
    rows[i] = { contact_id = row.prospect_id .. "/" .. i, name = person.name, company = row.company_name, title = person.title,
                email = person.email, phone = person.phone }
  end
  return rows
end

return M
