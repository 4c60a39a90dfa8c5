// Random tables and values go from SQLite to PostgreSQL by a drafted plan and back by `inherit`, and are the
// same. RC_PARAMS="seed=1 max_success=500" tries more of them, and others.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

#include <rapidcheck.h>

#include "base/text.h"
#include "sql/quote.h"
#include "support/support.h"

namespace random_databases_test {

using namespace planrun;
using namespace planrun::test;

namespace {

using Texts = std::vector<std::string>;

/// One element of a list, as likely as any other.
std::string one_of(const Texts& list) {
  return *rc::gen::elementOf(list);
}
int number_below(int end) {
  return *rc::gen::inRange(0, end);
}

std::string integer_literal() {
  const auto edge = *rc::gen::element<std::int64_t>(0, 1, -1, std::numeric_limits<std::int64_t>::max(),
                                                    std::numeric_limits<std::int64_t>::min() + 1, 2147483648,
                                                    9007199254740993);
  const auto any = *rc::gen::arbitrary<std::int64_t>();
  const std::int64_t value = number_below(3) == 0 ? edge : any;
  // The lowest one is no literal: its digits without the sign are beyond the others.
  return value == std::numeric_limits<std::int64_t>::min() ? "(-9223372036854775807 - 1)"
                                                           : std::to_string(value);
}

std::string real_literal() {
  if (number_below(6) == 0)
    return one_of({"9e999", "-9e999", "1e308", "5e-324", "0.1", "1230.99", "-2.5", "3.0"});
  const double value = *rc::gen::arbitrary<double>();
  // -0.0 and NaN are what SQLite itself does not keep.
  if (!std::isfinite(value) || value == 0) return "0.5";
  char text[40];
  std::snprintf(text, sizeof text, "%.17e", value);
  return text;
}

std::string text_literal() {
  static const Texts kPieces = {"a",
                                "Z",
                                "0",
                                " ",
                                "'",
                                "\"",
                                "\\",
                                ",",
                                "\n",
                                "\t",
                                "\\N",
                                "\xC3\xA9",
                                "\xF0\x9F\x9A\x80",
                                "null",
                                "{",
                                "}",
                                "x\xCC\x81",
                                "\x7F",
                                "\x01",
                                "%"};
  std::string text;
  for (int i = number_below(8); i > 0; --i) text += one_of(kPieces);
  std::string literal = "'";
  for (const char c : text) literal += c == '\'' ? std::string("''") : std::string(1, c);
  return literal + "'";
}

std::string blob_literal() {
  return "x'" + to_hex(*rc::gen::container<std::string>(rc::gen::arbitrary<char>())) + "'";
}

struct Column {
  std::string name;
  std::string declared;
  std::string (*literal)() = nullptr;
};

struct Table {
  std::string name;
  std::vector<Column> columns;
  std::string key;  // its clause of CREATE TABLE
  std::string options;
  std::vector<Texts> rows;

  std::string sql() const {
    Texts parts;
    for (const auto& column : columns) parts.push_back(quote_name(column.name) + " " + column.declared);
    if (!key.empty()) parts.push_back(key);
    std::string text = "create table " + quote_name(name) + " (" + join(parts, ", ") + ")" + options + ";\n";
    for (const auto& row : rows)
      text += "insert into " + quote_name(name) + " values (" + join(row, ", ") + ");\n";
    return text;
  }
  /// Its rows as SQLite writes them, sorted.
  std::string dump() const {
    Texts values;
    for (const auto& column : columns)
      values.push_back("typeof(" + quote_name(column.name) + ") || quote(" + quote_name(column.name) + ")");
    return "select " + join(values, " || ',' || ") + " from " + quote_name(name) + " order by 1;\n";
  }
};

Column random_column(const std::string& name) {
  switch (number_below(4)) {
    case 0:
      return {name, one_of({"integer", "INT", "bigint"}), integer_literal};
    case 1:
      return {name, one_of({"real", "double precision", "FLOAT"}), real_literal};
    case 2:
      return {name, one_of({"text", "clob", "TEXT"}), text_literal};
    default:
      return {name, "blob", blob_literal};
  }
}

Table random_table(const std::string& name) {
  static const Texts kNames = {
      "id",    "Name", "select", "two words", "q\"uote", "semi;colon", "\xC3\xA9t\xC3\xA9",
      "UPPER", "x'y",  "_",      "$1"};
  Table table;
  table.name = name;
  const int key = number_below(4);
  // The key is the place of the row, so that no two rows have the same.
  if (key > 0)
    table.columns.push_back({"key", key == 1 ? "integer primary key" : "integer not null", nullptr});
  if (key == 2) table.key = "primary key (\"key\")";
  if (key == 3) {
    table.columns.push_back({"part", "text not null", nullptr});
    table.key = "primary key (part, \"key\")";
    table.options = " without rowid";
  }
  const int first = number_below(static_cast<int>(kNames.size()));
  for (int i = 1 + number_below(4); i > 0; --i)
    table.columns.push_back(random_column(kNames[static_cast<std::size_t>(first + i) % kNames.size()]));
  for (int row = number_below(12); row > 0; --row) {
    Texts& values = table.rows.emplace_back();
    for (const auto& column : table.columns) {
      if (column.literal == nullptr) {
        values.push_back(column.name == "part" ? "'p" + std::to_string(row % 3) + "'"
                                               : std::to_string(row * 7));
      } else {
        values.push_back(number_below(5) == 0 ? "null" : column.literal());
      }
    }
  }
  return table;
}

/// A plan that brings all of them from PostgreSQL to SQLite as they are.
std::string plan_back(const std::vector<Table>& tables, const std::string& from, const std::string& to) {
  std::string plan = "[plan]\nname = \"back\"\n[source.pg]\nurl = \"" + from +
                     "\"\n[target.lite]\nurl = \"sqlite:" + to + "\"\n";
  for (const auto& table : tables)
    plan += "[table.\"" + table.name + "\"]\nfrom = \"pg." + table.name + "\"\n";
  return plan;
}

}  // namespace

TEST_CASE("random databases come back from PostgreSQL as they went", "[postgres][cases]") {
  ::setenv("RC_PARAMS", "seed=20240229 max_success=12 noshrink=1", 0);
  const bool holds = rc::check("SQLite -> PostgreSQL -> SQLite", [] {
    std::vector<Table> tables;
    for (const std::string name : {"t", "Order", "a b", "it's", "\xC3\xBC"})
      tables.push_back(random_table(name));
    std::string sql;
    std::string dump;
    for (const auto& table : tables) {
      sql += table.sql();
      dump += table.dump();
    }
    const TempFolder folder;
    const TempPostgres middle;
    sqlite3(folder / "s.db", sql);
    const auto ends_well = [&](const std::vector<std::string>& arguments) {
      const ProcessResult result = run_planrun(arguments, folder / "state");
      if (result.status != 0) RC_FAIL(join(arguments, " ") + "\n" + sql + result.out + result.err);
    };
    ends_well({"init", (folder / "s.db").string(), "--target", middle.url(), "-o",
               (folder / "plan.toml").string()});
    ends_well({(folder / "plan.toml").string()});
    write_file(folder / "back.toml", plan_back(tables, middle.url(), (folder / "t.db").string()));
    ends_well({(folder / "back.toml").string()});
    const std::string before = sqlite3(folder / "s.db", dump);
    const std::string after = sqlite3(folder / "t.db", dump);
    if (before != after)
      RC_FAIL(sql + read_file(folder / "plan.toml") + "\nwent:\n" + before + "\ncame back:\n" + after);
  });
  CHECK(holds);
}

}  // namespace random_databases_test
