// [[example]], and the names of transforms.
#include <cstdlib>

#include "base/text.h"
#include "plan/readers.h"

namespace planrun {
namespace {

constexpr std::string_view kLuaWord = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

// A blob has no notation in TOML: { blob = "00ff" }.
bool read_blob(const Node& value, KeyValue& out) {
  if (value.kind != NodeKind::table || value.members.size() != 1 || value.members[0].key != "blob")
    return false;
  const Node& hex = value.members[0].value;
  auto bytes = hex.kind == NodeKind::string ? from_hex(hex.text) : std::nullopt;
  if (!bytes) return false;
  out.kind = CellKind::blob;
  out.bytes = std::move(*bytes);
  return true;
}

bool read_value(const Node& value, KeyValue& out) {
  switch (value.kind) {
    case NodeKind::string:
      out.kind = CellKind::text;
      out.bytes = value.text;
      return true;
    case NodeKind::integer:
      out.kind = CellKind::integer;
      out.integer = std::stoll(value.text);
      return true;
    case NodeKind::boolean:  // as a transform's boolean becomes a cell
      out.kind = CellKind::integer;
      out.integer = value.text == "true" ? 1 : 0;
      return true;
    case NodeKind::real:
      out.kind = CellKind::real;
      out.real = std::strtod(value.text.c_str(), nullptr);
      return true;
    default:
      return read_blob(value, out);
  }
}

NamedValues read_row(PlanReader& reader, const Node& row) {
  NamedValues values;
  for (const Member& member : row.members) {
    KeyValue value;
    if (!read_value(member.value, value)) {
      reader.error(FindingCode::wrong_kind, member.value.at,
                   "`" + member.key + "` of an example takes a string, a number or a boolean, not " +
                       std::string(describe(member.value.kind)),
                   "times and decimals are strings, JSON is its text, bytes are { blob = \"00ff\" }");
      continue;
    }
    values.emplace_back(member.key, std::move(value));
  }
  return values;
}

void read_example(PlanReader& reader, const Node& node) {
  const Section section(reader, example_keys(), node, node.at, "[[example]]");
  PlanExample example;
  example.at = node.at;
  example.name = section.text("name");
  if (const auto transform = section.located("transform")) {
    example.transform = *transform;
    check_transform_name(reader, *transform);
  } else if (!section.has("transform")) {
    reader.error(FindingCode::missing_key, node.at, "[[example]] has no `transform`", "FILE.FUNCTION");
  }
  if (const Member* row = section.find("row")) {
    example.row = read_row(reader, row->value);
  } else if (!section.has("row")) {
    reader.error(FindingCode::missing_key, node.at, "[[example]] has no `row`", "{ NAME = VALUE, ... }");
  }
  if (const Member* gives = section.find("gives")) {
    for (const Node& row : gives->value.items) example.gives.push_back(read_row(reader, row));
  }
  example.fails = section.located("fails");
  if (section.has("gives") == section.has("fails")) {
    reader.error(FindingCode::missing_key, node.at, "[[example]] says what it `gives`, or why it `fails`",
                 "gives = [{ ... }], or [] where the row is dropped");
  }
  if (example.name.empty()) example.name = example.transform.text + ", line " + std::to_string(node.at.line);
  reader.plan.examples.push_back(std::move(example));
}

}  // namespace

void check_transform_name(PlanReader& reader, const Located& transform) {
  const std::string& name = transform.text;
  bool right = name.find('.') != std::string::npos;
  for (const auto& word : split(name, '.'))
    right = right && !word.empty() && word.find_first_not_of(kLuaWord) == std::string::npos;
  if (!right) {
    reader.error(FindingCode::wrong_form, transform.at,
                 "`transform` takes FILE.FUNCTION, not " + quote_for_message(name));
  }
}

void read_examples(PlanReader& reader, const Node& root) {
  const Member* examples = root.find("example");
  if (examples == nullptr) return;
  const Node& list = examples->value;
  bool are_tables = list.kind == NodeKind::array;
  for (const Node& item : list.items) are_tables = are_tables && item.kind == NodeKind::table;
  if (!are_tables) {
    reader.error(FindingCode::wrong_kind, examples->at, "examples stand in [[example]], one after the other");
    return;
  }
  for (const Node& item : list.items) read_example(reader, item);
}

}  // namespace planrun
