// What the names of an expression can mean: the tables of FROM around it, innermost first.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "translate/sql_value.h"
#include "translate/word_reader.h"

namespace planrun {

struct ScopeColumn {
  KnownColumn column;
  std::string sql;         // qualified
  bool is_joined = false;  // of USING or NATURAL: the other side's column stands for it
};

struct ScopeTable {
  std::string name;  // by which its columns are called
  std::vector<ScopeColumn> columns;
  std::vector<std::vector<std::string>> keys{};  // as KnownTable's
  bool by_name_only = false;                     // NEW and OLD
};

struct ResultName {
  std::string name;
  SqlValue value;
};

struct Scope {
  const Scope* outer = nullptr;
  std::vector<ScopeTable> tables{};
  std::vector<ResultName> results{};  // AS names, where they may be used
  std::set<std::string> groups{};     // what GROUP BY groups by
  bool in_aggregate = false;
};

/// `table` empty: it stands alone. Throws Uncertain where there is no such column. `quote`: of the name.
SqlValue resolve_name(const Scope& scope, const std::string& table, const std::string& name, char quote);
/// What is grouped by is no bare column any more.
void settle_groups(const Scope& scope, SqlValue& value);

/// One translation: the words, what they may read, and the WITH names that hold here.
struct Translating {
  WordReader words;
  const KnownTables& tables;
  KnownTables with{};
  std::set<std::string> reads{};  // tables and views, in lower case
  int depth = 0;                  // of queries and parentheses
  int named = 0;                  // queries of FROM without a name
  int cores = 0;                  // SELECTs read, several times where they are grouped
};

/// Keeps a chain of calls short of the stack's end; for the time of one.
class Deeper {
 public:
  explicit Deeper(Translating& in) : in_(in) {
    constexpr int kDeepest = 100;
    if (++in_.depth > kDeepest) refuse("it is nested too deeply");
  }
  ~Deeper() { --in_.depth; }
  Deeper(const Deeper&) = delete;
  Deeper& operator=(const Deeper&) = delete;

 private:
  Translating& in_;
};

}  // namespace planrun
