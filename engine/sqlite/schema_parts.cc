#include "sqlite/schema_parts.h"

#include <cctype>

#include "base/text.h"
#include "sqlite/inspector.h"

namespace planrun {
namespace {

/// Blanks and line ends as one blank each.
std::string in_one_line(const std::string& sql) {
  std::string line;
  for (const char c : sql) {
    const bool is_blank = std::isspace(static_cast<unsigned char>(c)) != 0;
    if (!is_blank) {
      line += c;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
  }
  if (line.ends_with(' ')) line.pop_back();
  return line;
}

class Parts {
 public:
  explicit Parts(Inspector& inspector) : inspector_(inspector) {}

  void read(const SourceTable& table) {
    table_ = &table;
    const TableDeclaration declared = inspector_.declaration(table.name);
    if (const auto key = primary_key_of(table); !key.empty()) add(SchemaPartKind::key, key);
    for (std::size_t i = 0; i < table.columns.size(); ++i) read_column(declared, i);
    for (const auto& index : declared.indexes) read_index(index);
    for (const auto& key : declared.foreign_keys)
      add(SchemaPartKind::foreign_key, key.columns).references = key.table;
    for (const auto& check : declared.checks) add(SchemaPartKind::check, {}, in_one_line(check.sql));
  }

  std::vector<SchemaPart> all;

 private:
  SchemaPart& add(SchemaPartKind kind, std::vector<std::string> columns, std::string sql = {}) {
    return all.emplace_back(SchemaPart{kind, {}, table_->name, std::move(columns), false, std::move(sql)});
  }

  void read_column(const TableDeclaration& declared, std::size_t place) {
    const SourceColumn& column = table_->columns[place];
    if (column.numbered) add(SchemaPartKind::numbering, {column.name});
    if (column.not_null && column.primary_key == 0) add(SchemaPartKind::not_null, {column.name});
    if (column.generated) add(SchemaPartKind::generated, {column.name}, declared.generated[place]);
    const std::string& value = declared.defaults[place];
    if (!value.empty() && to_lower_ascii(value) != "null")
      add(SchemaPartKind::default_value, {column.name}, value);
    if (declared.collations[place] != "binary")
      add(SchemaPartKind::collation, {column.name}, declared.collations[place]);
  }

  void read_index(const SourceIndex& index) {
    if (index.origin == SourceIndexOrigin::primary_key) return;
    const bool is_constraint = index.origin == SourceIndexOrigin::unique_constraint;
    bool is_plain = !index.partial;
    std::vector<std::string> columns;
    for (const auto& part : index.parts) {
      is_plain = is_plain && !part.column.empty();
      columns.push_back(part.column);
    }
    if (!is_plain) columns.clear();
    SchemaPart& part =
        add(is_constraint ? SchemaPartKind::unique : SchemaPartKind::index, columns, index.sql);
    part.unique = index.unique;
    if (!is_constraint) part.name = index.name;
  }

  Inspector& inspector_;
  const SourceTable* table_ = nullptr;
};

}  // namespace

std::vector<SchemaPart> read_schema_parts(std::shared_ptr<SqliteConnection> connection) {
  const auto inspector = make_inspector(connection, nullptr, {});
  Parts parts(*inspector);
  for (const auto& table : inspector->tables()) {
    if (table.kind == SourceTableKind::table) parts.read(table);
  }
  Statement objects(*connection,
                    "select type, name, tbl_name, sql from sqlite_schema where type in ('trigger', 'view') "
                    "order by type, name");
  while (objects.step()) {
    const bool is_view = objects.text(0) == "view";
    parts.all.push_back({is_view ? SchemaPartKind::view : SchemaPartKind::trigger,
                         objects.text(1),
                         is_view ? "" : objects.text(2),
                         {},
                         false,
                         objects.text(3)});
  }
  return std::move(parts.all);
}

}  // namespace planrun
