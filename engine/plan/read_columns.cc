// [table.NAME.columns] and [table.NAME.load.NAME.columns].
#include "base/text.h"
#include "plan/conversion_names.h"
#include "plan/readers.h"

namespace planrun {
namespace {

constexpr std::string_view kInherit = "inherit";

std::vector<PlanConversion> read_using(PlanReader& reader, const Section& section) {
  std::vector<PlanConversion> chain;
  for (const Located& call : section.list("using")) {
    const auto conversion = parse_conversion(call);
    if (!conversion) {
      reader.error(FindingCode::unknown_conversion, call.at,
                   quote_for_message(call.text) + " is no conversion",
                   "write NAME or NAME(ARGUMENT); several stand in an array");
      continue;
    }
    const ConversionFault fault = check_conversion_name(*conversion);
    if (!fault.message.empty())
      reader.error(FindingCode::unknown_conversion, call.at, fault.message, fault.hint);
    chain.push_back(*conversion);
  }
  return chain;
}

bool is_zone(std::string_view zone) {
  if (zone == "UTC") return true;
  if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':') return false;
  for (const std::size_t i : {1U, 2U, 4U, 5U}) {
    if (zone[i] < '0' || zone[i] > '9') return false;
  }
  const int hours = (zone[1] - '0') * 10 + zone[2] - '0';
  return hours <= 15 && zone[4] <= '5';
}

// Of `from`, `expr` and `value` only one can fill a column.
void check_one_origin(PlanReader& reader, const Section& section, const Node& table) {
  const Member* first = nullptr;
  for (const Member& member : table.members) {
    if (section.find(member.key) != &member) continue;
    if (member.key != "from" && member.key != "expr" && member.key != "value") continue;
    if (first != nullptr) {
      reader.error(FindingCode::keys_apart, member.at,
                   "`" + member.key + "` stands beside `" + first->key + "`",
                   "a column comes from one of `from`, `expr` and `value`");
      return;
    }
    first = &member;
  }
}

void read_mapping(PlanReader& reader, const Section& section, const Node& table, PlanColumn& column) {
  check_one_origin(reader, section, table);
  column.from = section.located("from");
  column.expr = section.located("expr");
  column.value = section.located("value");
  column.using_ = read_using(reader, section);
  column.zone = section.located("zone");
  if (column.zone && !is_zone(column.zone->text)) {
    reader.error(FindingCode::wrong_form, column.zone->at,
                 quote_for_message(column.zone->text) + " is no zone", "UTC, +02:00 or -05:00");
    column.zone.reset();
  }
  for (const char* key : {"from", "expr"}) {
    const auto text = section.located(key);
    if (text && trim(text->text).empty())
      reader.error(FindingCode::empty_value, text->at, "`" + std::string(key) + "` is empty");
  }
  column.store_as_text = section.find("storage") != nullptr;
}

}  // namespace

std::vector<PlanColumn> read_columns(PlanReader& reader, const Node& columns, const std::string& shown,
                                     bool of_load, bool table_exists) {
  std::vector<PlanColumn> list;
  for (const Member& member : columns.members) {
    PlanColumn column;
    column.name = member.key;
    column.at = member.at;
    const Node& value = member.value;
    if (member.key == "*") {
      column.inherit = true;
      if (of_load) {
        reader.error(FindingCode::keys_apart, member.at, "`*` stands in the table's own columns only");
        continue;
      }
      if (value.kind != NodeKind::string || value.text != kInherit) {
        reader.error(FindingCode::wrong_choice, value.at, "`\"*\"` takes \"inherit\" and nothing else");
      }
    } else if (value.kind == NodeKind::string && !of_load) {
      column.definition = located(value);
    } else if (value.kind == NodeKind::table) {
      const std::string name = "column `" + member.key + "` of " + shown;
      const Section section(reader, of_load ? load_column_keys() : column_keys(), value, member.at, name);
      if (const auto type = section.located("type")) column.definition = *type;
      if (!of_load && !table_exists && !section.has("type")) {
        reader.error(FindingCode::missing_key, member.at, name + " has no `type`");
      }
      read_mapping(reader, section, value, column);
    } else {
      reader.error(FindingCode::wrong_kind, value.at,
                   "column `" + member.key + "` of " + shown + " takes " +
                       (of_load ? "{ from | expr | value, using }" : "a definition or an inline table") +
                       ", not " + std::string(describe(value.kind)),
                   of_load ? "types stand in the table's own columns" : "");
      continue;
    }
    if (!column.inherit) check_object_name(reader, column.name, member.at, "column");
    list.push_back(std::move(column));
  }
  return list;
}

}  // namespace planrun
