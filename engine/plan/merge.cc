#include "plan/merge.h"

#include <algorithm>
#include <array>

#include "plan/table_shape.h"

namespace planrun {

namespace {

bool has_order(TypeKind type) {
  switch (type) {
    case TypeKind::interval:
    case TypeKind::json:
    case TypeKind::jsonb:
    case TypeKind::text_array:
    case TypeKind::other:
      return false;
    default:
      return true;
  }
}

}  // namespace

std::string_view to_string(Keep keep) {
  constexpr std::array<std::string_view, 4> kNames = {"none", "newest", "first", "last"};
  return kNames[static_cast<std::size_t>(keep)];
}

std::vector<std::string> load_names(const PlanTable& table, const PlanLoad& load) {
  const std::string base = load.name.empty() ? table.name : table.name + "." + load.name;
  if (load.from.size() <= 1) return {base};
  const auto source_of = [](const Located& from) { return from.text.substr(0, from.text.find('.')); };
  std::vector<std::string> names;
  for (const auto& from : load.from) {
    const auto same = std::count_if(load.from.begin(), load.from.end(), [&](const Located& other) {
      return source_of(other) == source_of(from);
    });
    names.push_back(base + "." + (same > 1 ? from.text : source_of(from)));
  }
  return names;
}

void check_merge(const PlanTable& table, const PlanLoad& load, const TableSchema& schema,
                 Diagnostics& diagnostics) {
  if (!load.merge) return;
  const auto find = [&](const Located& name, const std::string& key) {
    const ColumnSchema* column = schema.find(name.text);
    if (column == nullptr) {
      diagnostics.error(
          FindingCode::unknown_column, name.at,
          "`merge." + key + "` names `" + name.text + "`, which is no column of [table." + table.name + "]",
          did_you_mean(name.text, column_names(schema)));
    }
    return column;
  };
  for (const auto& key : load.merge->key) find(key, "key");
  if (!load.merge->by) return;
  const ColumnSchema* by = find(*load.merge->by, "by");
  if (by == nullptr || has_order(by->type.kind)) return;
  diagnostics.error(
      FindingCode::type_misfit, load.merge->by->at,
      "`merge.by` names `" + by->name + "`, and of two values of type " + by->type.sql + " none is the newer",
      "a number, a text, a date or a time");
}

}  // namespace planrun
