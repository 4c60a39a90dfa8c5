#include <algorithm>

#include "sql/definition.h"

namespace planrun {
namespace {

// The longest prefix of at most `size` bytes that ends between characters (pg_mbcliplen).
std::string_view clip(std::string_view name, std::size_t size) {
  if (size >= name.size()) return name;
  while (size > 0 && (static_cast<unsigned char>(name[size]) & 0xC0) == 0x80) --size;
  return name.substr(0, size);
}

// ChooseIndexNameAddition and ChooseForeignKeyConstraintNameAddition: names are added until there is enough.
std::string joined(std::span<const std::string> columns) {
  std::string name;
  for (const auto& column : columns) {
    if (!name.empty()) name += '_';
    name += column.substr(0, kLongestName);
    if (name.size() > kLongestName) break;
  }
  return name;
}

}  // namespace

const std::set<std::string>& system_columns() {
  static const std::set<std::string> kNames = {"tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"};
  return kNames;
}

std::string default_object_name(std::string_view table, std::span<const std::string> columns,
                                std::string_view label) {
  const std::string middle = joined(columns);
  std::size_t overhead = columns.empty() ? 0 : 1;
  if (!label.empty()) overhead += label.size() + 1;
  const std::size_t room = kLongestName - std::min(kLongestName, overhead);
  std::size_t first = table.size();
  std::size_t second = middle.size();
  // The longer of the two gives way, as in makeObjectName.
  while (first + second > room) {
    if (first > second) {
      --first;
    } else {
      --second;
    }
  }
  std::string name(clip(table, first));
  if (!columns.empty()) name.append("_").append(clip(middle, second));
  if (!label.empty()) name.append("_").append(label);
  return name;
}

}  // namespace planrun
