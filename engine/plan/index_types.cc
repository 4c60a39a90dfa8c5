// Keys and indexes that PostgreSQL would refuse to build.
#include "base/text.h"
#include "plan/comparable_types.h"
#include "plan/table_shape.h"
#include "sql/identifiers.h"

namespace planrun {
namespace {

// The column of an element that names nothing else but its order; empty: an expression, or a class of its
// own.
std::string plain_column(const std::string& element) {
  const auto words = identifiers_in(element);
  if (words.empty() || element.find_first_of("()") != std::string::npos) return {};
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::string word = to_lower_ascii(words[i]);
    if (word != "asc" && word != "desc" && word != "nulls" && word != "first" && word != "last") return {};
  }
  return words.front();
}

class IndexTypes {
 public:
  IndexTypes(const TableShape& table, Diagnostics& diagnostics) : table_(table), diagnostics_(diagnostics) {}

  void run() {
    const TableSchema& schema = table_.schema;
    for (std::size_t i = 0; i < schema.keys.size(); ++i) {
      const std::string what = schema.keys[i].primary ? "the primary key" : "the unique key";
      for (const auto& column : schema.keys[i].columns) check(column, "btree", what, table_.key_at[i]);
    }
    for (std::size_t i = 0; i < schema.indexes.size(); ++i) {
      const IndexSchema& index = schema.indexes[i];
      for (const auto& element : split(index.elements_sql, ','))
        check(plain_column(element), index.method, "index `" + index.name + "`", table_.index_at[i]);
    }
  }

 private:
  void check(const std::string& name, const std::string& method, const std::string& what, Position at) {
    const ColumnSchema* column = table_.schema.find(name);
    if (column == nullptr || has_operator_class(column->type, method)) return;
    const bool is_json = column->type.kind == TypeKind::json;
    diagnostics_.error(FindingCode::index_misfit, at,
                       what + " is over `" + name + "` (" + column->type.sql + "), which PostgreSQL's " +
                           method + " indexes do not take",
                       is_json
                           ? "jsonb can be compared, and so can an expression like ((" + name + "->>'key'))"
                           : "leave the column out, or index an expression of it");
  }

  const TableShape& table_;
  Diagnostics& diagnostics_;
};

}  // namespace

std::vector<std::string> plain_columns(const IndexSchema& index) {
  std::vector<std::string> columns;
  for (const auto& element : split(index.elements_sql, ',')) columns.push_back(plain_column(element));
  std::erase(columns, "");
  return columns;
}

void check_index_types(const TableShape& table, Diagnostics& diagnostics) {
  if (!table.schema.exists) IndexTypes(table, diagnostics).run();
}

}  // namespace planrun
