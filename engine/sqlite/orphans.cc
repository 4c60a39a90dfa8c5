#include "sqlite/orphans.h"

namespace planrun {
namespace {

std::vector<std::string> names_of_table(SqliteConnection& connection, const char* sql,
                                        const std::string& table) {
  Statement row(connection, sql);
  row.bind(1, std::string_view(table));
  std::vector<std::string> names;
  while (row.step()) names.push_back(row.text(0));
  return names;
}

}  // namespace

std::vector<std::string> children_of(SqliteConnection& connection, const std::string& table) {
  return names_of_table(connection, R"(
      select distinct t.name from pragma_table_list t, pragma_foreign_key_list(t.name) k
       where t.schema = 'main' and t.type = 'table' and k."table" = ?1 collate nocase)",
                        table);
}

std::vector<std::string> others_in_circle(SqliteConnection& connection, const std::string& table) {
  return names_of_table(connection, R"(
      with recursive reach(name) as (
        select k."table" collate nocase from pragma_foreign_key_list(?1) k
        union select k."table" collate nocase from reach r join pragma_foreign_key_list(r.name) k)
      select name from reach r where name <> ?1 collate nocase
         and exists (select 1 from pragma_foreign_key_list(r.name) k where k."table" = ?1 collate nocase))",
                        table);
}

OrphanCounts::OrphanCounts(SqliteConnection& connection, std::string parent,
                           std::vector<std::string> children)
    : connection_(connection), parent_(std::move(parent)) {
  for (auto& child : children) {
    const std::int64_t rows = count(child);
    before_.emplace_back(std::move(child), rows);
  }
}

std::vector<OrphanCounts::More> OrphanCounts::more() const {
  std::vector<More> all;
  for (const auto& [child, rows] : before_) {
    const std::int64_t now = count(child);
    if (now > rows) all.push_back({child, now - rows});
  }
  return all;
}

std::int64_t OrphanCounts::count(const std::string& child) const {
  Statement row(connection_,
                "select count(*) from pragma_foreign_key_check(?1) where parent = ?2 collate nocase");
  row.bind(1, std::string_view(child)).bind(2, std::string_view(parent_));
  row.step();
  return row.integer(0);
}

}  // namespace planrun
