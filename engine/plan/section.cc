#include "plan/section.h"

#include <algorithm>

#include "base/text.h"

namespace planrun {
namespace {

bool is_list_of_strings(const Node& node) {
  return node.kind == NodeKind::array &&
         std::all_of(node.items.begin(), node.items.end(),
                     [](const Node& item) { return item.kind == NodeKind::string; });
}

bool is_list_of_scalars(const Node& node) {
  return node.kind == NodeKind::array && std::all_of(node.items.begin(), node.items.end(),
                                                     [](const Node& item) { return is_scalar(item.kind); });
}

bool is_list_of_tables(const Node& node) {
  return node.kind == NodeKind::array &&
         std::all_of(node.items.begin(), node.items.end(),
                     [](const Node& item) { return item.kind == NodeKind::table; });
}

bool fits(ValueShape shape, const Node& node) {
  const NodeKind kind = node.kind;
  switch (shape) {
    case ValueShape::text:
      return kind == NodeKind::string;
    case ValueShape::texts:
      return kind == NodeKind::string || is_list_of_strings(node);
    case ValueShape::flag:
      return kind == NodeKind::boolean;
    case ValueShape::count:
      return kind == NodeKind::integer && !node.text.starts_with('-');
    case ValueShape::scalar:
      return is_scalar(kind);
    case ValueShape::tolerance:
      return kind == NodeKind::string || kind == NodeKind::integer || kind == NodeKind::real ||
             kind == NodeKind::table;
    case ValueShape::sql:
    case ValueShape::placement:
      return kind == NodeKind::string || kind == NodeKind::table;
    case ValueShape::section:
    case ValueShape::columns:
    case ValueShape::indexes:
    case ValueShape::loads:
    case ValueShape::row:
    case ValueShape::parts:
      return kind == NodeKind::table;
    case ValueShape::rows:
      return is_list_of_tables(node);
    case ValueShape::scalars:
      return is_scalar(kind) || is_list_of_scalars(node);
  }
  return false;
}

std::string_view in_words(ValueShape shape) {
  switch (shape) {
    case ValueShape::text:
      return "a string";
    case ValueShape::texts:
      return "a string or an array of strings";
    case ValueShape::flag:
      return "true or false";
    case ValueShape::count:
      return "a whole number of 0 or more";
    case ValueShape::scalar:
      return "a string, a number or a boolean";
    case ValueShape::tolerance:
      return "a number, \"5%\" or { warning = ..., critical = ... }";
    case ValueShape::sql:
      return "a string or { postgresql = ..., sqlite = ... }";
    case ValueShape::section:
    case ValueShape::columns:
    case ValueShape::indexes:
    case ValueShape::loads:
    case ValueShape::row:
    case ValueShape::parts:
      return "a table";
    case ValueShape::rows:
      return "an array of tables";
    case ValueShape::scalars:
      return "a string, a number or a boolean, or an array of them";
    case ValueShape::placement:
      return "a column's name or { reference = true }";
  }
  return "";
}

}  // namespace

Section::Section(PlanReader& reader, const KnownSection& known, const Node& table, Position at,
                 std::string shown, std::vector<const Member*>* others)
    : reader_(reader), table_(table), at_(at), shown_(std::move(shown)) {
  for (const Member& member : table.members) {
    if (const KnownKey* key = known.find(member.key)) {
      if (has_shape(member, *key)) members_.push_back(&member);
    } else if (others != nullptr) {
      others->push_back(&member);
    } else {
      std::vector<std::string> names;
      for (const auto& k : known.keys) names.emplace_back(k.name);
      reader.error(FindingCode::unknown_key, member.at, "unknown key `" + member.key + "` in " + shown_,
                   did_you_mean(member.key, names));
    }
  }
}

bool Section::has_shape(const Member& member, const KnownKey& key) {
  if (!fits(key.shape, member.value)) {
    const bool negative = key.shape == ValueShape::count && member.value.kind == NodeKind::integer;
    const std::string found = negative ? member.value.text : std::string(describe(member.value.kind));
    reader_.error(FindingCode::wrong_kind, member.value.at,
                  "`" + member.key + "` takes " + std::string(in_words(key.shape)) + ", not " + found);
    return false;
  }
  return key.choices.empty() || is_choice(member, key);
}

bool Section::is_choice(const Member& member, const KnownKey& key) {
  const std::vector<std::string> choices = split(key.choices, '|');
  if (std::find(choices.begin(), choices.end(), member.value.text) != choices.end()) return true;
  std::string listed;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    if (i > 0) listed += i + 1 == choices.size() ? " or " : ", ";
    listed += '"' + choices[i] + '"';
  }
  reader_.error(FindingCode::wrong_choice, member.value.at,
                "`" + member.key + "` is " + listed + ", not " + quote_for_message(member.value.text),
                did_you_mean(member.value.text, choices));
  return false;
}

const Member* Section::find(std::string_view key) const {
  for (const Member* m : members_) {
    if (m->key == key) return m;
  }
  return nullptr;
}

Position Section::at(std::string_view key) const {
  const Member* member = find(key);
  return member == nullptr ? at_ : member->at;
}

std::optional<Located> Section::located(std::string_view key) const {
  const Member* member = find(key);
  if (member == nullptr) return std::nullopt;
  return planrun::located(member->value);
}

std::string Section::text(std::string_view key) const {
  const Member* member = find(key);
  return member == nullptr ? std::string() : member->value.text;
}

bool Section::is_boolean(std::string_view key) const {
  const Member* member = find(key);
  return member != nullptr && member->value.kind == NodeKind::boolean;
}

std::vector<Located> Section::list(std::string_view key) const {
  const Member* member = find(key);
  if (member == nullptr) return {};
  if (member->value.kind != NodeKind::array) return {planrun::located(member->value)};
  std::vector<Located> list;
  for (const Node& item : member->value.items) list.push_back(planrun::located(item));
  return list;
}

bool Section::flag(std::string_view key) const {
  return text(key) == "true";
}

std::optional<std::int64_t> Section::count(std::string_view key) const {
  const Member* member = find(key);
  if (member == nullptr) return std::nullopt;
  return std::stoll(member->value.text);
}

std::vector<std::string> texts_of(const std::vector<Located>& list) {
  std::vector<std::string> texts;
  texts.reserve(list.size());
  for (const auto& item : list) texts.push_back(item.text);
  return texts;
}

Located located(const Node& node) {
  return {node.text, node.at};
}

namespace {

std::string with_article(std::string_view noun) {
  const bool is_vowel = std::string_view("aeio").find(noun.front()) != std::string_view::npos;
  return (is_vowel ? "an " : "a ") + std::string(noun);
}

}  // namespace

bool check_plain_name(PlanReader& reader, const std::string& name, Position at, std::string_view what) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  constexpr std::size_t kLongest = 63;
  const bool good = !name.empty() && name.size() <= kLongest && name.front() != '-' &&
                    name.find_first_not_of(kAllowed) == std::string::npos;
  if (!good) {
    reader.error(FindingCode::bad_name, at, quote_for_message(name) + " is no name for " + with_article(what),
                 "1 to 63 letters, digits, _ and -");
  }
  return good;
}

bool check_object_name(PlanReader& reader, const std::string& name, Position at, std::string_view what) {
  constexpr std::size_t kLongest = 63;
  const bool control = std::any_of(name.begin(), name.end(),
                                   [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
  if (!name.empty() && name.size() <= kLongest && !control) return true;
  reader.error(FindingCode::bad_name, at, quote_for_message(name) + " is no name for " + with_article(what),
               name.size() > kLongest ? "PostgreSQL cuts names after 63 bytes"
                                      : "1 to 63 bytes, no control characters");
  return false;
}

}  // namespace planrun
