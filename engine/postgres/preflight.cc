#include "postgres/preflight.h"

#include <map>
#include <set>
#include <string_view>

#include "base/error.h"
#include "postgres/bounds_check.h"
#include "postgres/take_back.h"
#include "sql/definition.h"
#include "sql/quote.h"

namespace planrun {
namespace {

class Preflight {
 public:
  Preflight(PostgresConnection& connection, const PostgresContext& context,
            std::span<const TableSchema* const> tables, std::span<const std::string> ours)
      : connection_(connection),
        context_(context),
        tables_(tables),
        ours_(ours),
        role_(quote_name(connection.user())),
        schema_(context.options.schema) {
    for (const TableSchema* table : tables) planned_.insert(table->name);
  }

  std::vector<PreflightFinding> run() {
    // A session may be read-only by default; nothing here writes anyway.
    Transaction transaction(connection_, "BEGIN READ ONLY");
    server();
    cluster();
    const bool has_schema = target_schema();
    ledger_schema();
    if (has_schema) names_in_the_way();
    for (const TableSchema* table : tables_) {
      if (table->exists) {
        privileges(*table);
        for (const auto& key : table->foreign_keys) {
          if (key.restored) restoring(*table, key);
        }
        continue;
      }
      names_of_columns(*table);
      if (types(*table)) {
        expressions(*table);
        if (table->partition) bounds(*table);
      }
      references(*table);
    }
    transaction.commit();
    return std::move(findings_);
  }

 private:
  void find(std::string message, std::string hint = {}, std::string unmade = {}) {
    findings_.push_back({true, std::move(message), std::move(hint), std::move(unmade)});
  }

  bool truth(const std::string& sql, std::initializer_list<Parameter> parameters) {
    return connection_.exec(sql, parameters).truth(0, 0);
  }

  void server() {
    const std::string encoding = connection_.exec("SHOW server_encoding").text(0, 0);
    if (encoding != "UTF8") {
      find("the database has encoding " + encoding + "; planrun writes UTF8 only",
           "make the database with: CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0");
    }
    if (truth("SELECT pg_is_in_recovery()", {})) {
      find("the server is a standby: it takes no writes", "name the primary in the target's url");
    }
    if (connection_.exec("SHOW default_transaction_read_only").view(0, 0) == "on") {
      find("transactions of role " + connection_.user() + " are read-only by default",
           "ALTER ROLE " + role_ +
               " SET default_transaction_read_only = off, or another role in the target's url");
    }
    for (const TableSchema* table : tables_) {
      for (const auto& key : table->keys) {
        if (key.nulls_not_distinct && connection_.server_version() < 150000) {
          find("key " + key.name + " of table " + table->name +
               " says NULLS NOT DISTINCT, which needs PostgreSQL 15");
        }
      }
    }
  }

  /// What of Citus the plan asks for.
  void cluster() {
    const auto divided = std::find_if(tables_.begin(), tables_.end(), [](const TableSchema* table) {
      return table->distribution.has_value();
    });
    if (divided == tables_.end()) return;
    if (connection_.exec("SELECT FROM pg_extension WHERE extname = 'citus'").rows() > 0) return;
    find("table " + (*divided)->name + " is to be distributed, and database " + connection_.database() +
             " does not have the extension citus",
         "load it on the server (shared_preload_libraries), run CREATE EXTENSION citus there and add its "
         "nodes;"
         " or take `distribute` out");
  }

  bool target_schema() {
    if (connection_.exec("SELECT FROM pg_namespace WHERE nspname = $1", {schema_}).rows() == 0) {
      find("schema " + schema_ + " does not exist in database " + connection_.database(),
           "CREATE SCHEMA " + quote_name(schema_) + " AUTHORIZATION " + role_);
      return false;
    }
    require_on_schema("USAGE");
    require_on_schema("CREATE");
    return true;
  }

  void require_on_schema(const std::string& privilege) {
    if (truth("SELECT has_schema_privilege($1, $2)", {schema_, privilege})) return;
    find("role " + connection_.user() + " has no " + privilege + " on schema " + schema_,
         "GRANT " + privilege + " ON SCHEMA " + quote_name(schema_) + " TO " + role_);
  }

  void ledger_schema() {
    const std::string& ledger = context_.options.ledger_schema;
    const std::string name = quote_name(ledger);
    if (connection_.exec("SELECT FROM pg_namespace WHERE nspname = $1", {ledger}).rows() == 0) {
      if (truth("SELECT has_database_privilege(current_database(), 'CREATE')", {})) return;
      find("role " + connection_.user() + " may not make the ledger's schema " + ledger,
           "GRANT CREATE ON DATABASE " + quote_name(connection_.database()) + " TO " + role_ +
               "; or make it: CREATE SCHEMA " + name + " AUTHORIZATION " + role_);
      return;
    }
    if (!truth("SELECT has_schema_privilege($1, 'USAGE')", {ledger})) {
      find("role " + connection_.user() + " has no USAGE on the ledger's schema " + ledger,
           "GRANT USAGE, CREATE ON SCHEMA " + name + " TO " + role_);
      return;
    }
    if (!ledger_exists(connection_, context_.ledger)) {
      if (truth("SELECT has_schema_privilege($1, 'CREATE')", {ledger})) return;
      find("role " + connection_.user() + " has no CREATE on the ledger's schema " + ledger,
           "GRANT CREATE ON SCHEMA " + name + " TO " + role_);
      return;
    }
    const Result denied = connection_.exec(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1"
        " AND c.relkind = 'r' AND NOT has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE') LIMIT 1",
        {ledger});
    if (denied.rows() > 0) {
      find("role " + connection_.user() + " may not write the ledger's tables in schema " + ledger,
           "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA " + name + " TO " + role_);
    }
    reads_ledger_ = denied.rows() == 0;
  }

  /// Of a table that a run of any plan has made, as the ledger says.
  std::optional<PreflightFinding> made_by_run(const std::string& table) {
    if (!reads_ledger_) return std::nullopt;
    const Result run = connection_.exec(
        "SELECT r.id, r.plan, r.state FROM " + context_.ledger.run + " r JOIN " + context_.ledger.step +
            " s ON s.run = r.id WHERE s.kind = 'create' AND s.state = 'done' AND s.\"schema\" = $1"
            " AND s.\"table\" = $2 ORDER BY r.started_at DESC LIMIT 1",
        {schema_, table});
    if (run.rows() == 0) return std::nullopt;
    return table_of_run("table " + schema_ + "." + table, run.text(0, 0), run.text(0, 1), run.text(0, 2));
  }

  /// Tables, and indexes of tables that are not ours: both share one space of names in a schema.
  void names_in_the_way() {
    std::vector<std::string> relations;
    std::vector<std::string> indexes;
    std::vector<std::string> own(ours_.begin(), ours_.end());
    for (const TableSchema* table : tables_) {
      if (table->exists) continue;
      relations.push_back(table->name);
      if (table->partition) {
        const auto parts = table->partition->part_names();
        relations.insert(relations.end(), parts.begin(), parts.end());
        if (is_ours(table->name)) own.insert(own.end(), parts.begin(), parts.end());
      }
      for (const auto& key : table->keys) indexes.push_back(key.name);
      for (const auto& index : table->indexes) indexes.push_back(index.name);
    }
    const Result r = connection_.exec(
        "SELECT c.relname, c.relkind, t.relname FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid"
        " LEFT JOIN pg_class t ON t.oid = i.indrelid WHERE c.relnamespace = to_regnamespace($1)"
        " AND ((c.relname = any($2::name[]) AND NOT c.relname = any($4::name[]))"
        " OR (c.relname = any($3::name[]) AND NOT coalesce(t.relname = any($4::name[]), false))) ORDER BY 1",
        {quote_name(schema_), array_literal(relations), array_literal(indexes), array_literal(own)});
    for (int i = 0; i < r.rows(); ++i) {
      const std::string name = schema_ + "." + r.text(i, 0);
      if (auto finding = r.is_null(i, 2) ? made_by_run(r.text(i, 0)) : std::nullopt) {
        findings_.push_back(std::move(*finding));
      } else if (r.is_null(i, 2)) {
        find("table " + name + " is in the way: it exists and no unfinished run of this plan made it",
             "drop or rename it, or say `exists = true` where the plan is to write into it");
      } else {
        find(
            "index " + name + " of table " + r.text(i, 2) + " is in the way: the plan makes one of that name",
            "drop or rename it, or name the plan's otherwise");
      }
    }
  }

  void names_of_columns(const TableSchema& table) {
    for (const auto& column : table.columns) {
      if (system_columns().contains(column.name))
        find("column " + column.name + " of table " + table.name + " has the name of one of PostgreSQL's own",
             "give it another name in the plan and say what it is made of: from = \"" + column.name + "\"");
    }
  }

  bool is_ours(const std::string& table) const {
    return std::find(ours_.begin(), ours_.end(), table) != ours_.end();
  }

  /// What a run into a table that exists needs, and what taking it back needs.
  void privileges(const TableSchema& table) {
    const std::string name = qualified(schema_, table.name);
    for (const std::string privilege : {"SELECT", "INSERT", "UPDATE", "DELETE"}) {
      if (truth("SELECT has_table_privilege($1, $2)", {name, privilege})) continue;
      find("role " + connection_.user() + " has no " + privilege + " on table " + name,
           "GRANT SELECT, INSERT, UPDATE, DELETE ON " + name + " TO " + role_);
      return;
    }
    if (truth("SELECT row_security_active($1)", {name})) {
      find("row-level security of table " + name + " holds for role " + connection_.user() +
               ": it would hide rows from the run and from its rollback",
           "name a role with BYPASSRLS in the target's url, or the table's owner where it is not forced");
    }
    switching_off(name);
    if (truth("SELECT has_database_privilege(current_database(), 'TEMPORARY')", {})) return;
    find("role " + connection_.user() + " may not make temporary tables, where rows wait that meet rows",
         "GRANT TEMPORARY ON DATABASE " + quote_name(connection_.database()) + " TO " + role_);
  }

  /// A rollback has rows as they were, whatever triggers and rules would make of that.
  void switching_off(const std::string& name) {
    const std::vector<TableHook> hooks = hooks_on_taking_back(connection_, name);
    const Result owner = connection_.exec(
        "SELECT quote_ident(pg_get_userbyid(relowner)), pg_has_role(relowner, 'USAGE') FROM pg_class WHERE"
        " oid = to_regclass($1)",
        {name});
    if (hooks.empty() || owner.rows() == 0 || owner.truth(0, 1)) return;
    find("role " + connection_.user() + " could not take a run back: only " + owner.text(0, 0) +
             ", who owns table " + name + ", may switch off its " + hooks.front().shown() +
             " while rows go or become what they were",
         "GRANT " + owner.text(0, 0) + " TO " + role_ + ", or ALTER TABLE " + name + " OWNER TO " + role_);
  }

  /// What dropping a foreign key and putting it back needs.
  void restoring(const TableSchema& table, const ForeignKeySchema& key) {
    const std::string name = qualified(schema_, table.name);
    const std::string foreign = qualified(schema_, key.table);
    const std::string what = "foreign key " + key.name + " of table " + name;
    const Result r = connection_.exec(
        "SELECT quote_ident(pg_get_userbyid(t.relowner)), pg_has_role(t.relowner, 'USAGE'),"
        " has_table_privilege(f.oid, 'REFERENCES'), 'p' IN (t.relkind, f.relkind) OR EXISTS (SELECT FROM"
        " pg_constraint k WHERE k.conrelid = t.oid AND k.conname = $3 AND k.conparentid <> 0)"
        " FROM pg_class t, pg_class f WHERE t.oid = to_regclass($1) AND f.oid = to_regclass($2)",
        {name, foreign, key.name});
    if (r.rows() == 0) return;  // said already
    if (!r.truth(0, 1)) {
      find("role " + connection_.user() + " may not drop and restore " + what + ": only the table's owner " +
               r.text(0, 0) + " may",
           "GRANT " + r.text(0, 0) + " TO " + role_ + ", or ALTER TABLE " + name + " OWNER TO " + role_);
    }
    if (!r.truth(0, 2)) {
      find("role " + connection_.user() + " has no REFERENCES on table " + foreign + ", which restoring " +
               what + " needs",
           "GRANT REFERENCES ON " + foreign + " TO " + role_);
    }
    if (r.truth(0, 3)) {
      find(what + " cannot be put back as NOT VALID: one of its tables is partitioned",
           "take it out of `restore_foreign_keys`, and order the rows by `where` in several loads");
    }
  }

  /// Asks in a savepoint; false: the server refused, and `words` says why.
  template <typename Question>
  bool asked(Question&& question, std::string& words) {
    connection_.exec("SAVEPOINT planrun_question");
    try {
      question();
    } catch (const Error& error) {
      if (error.code() != ErrorCode::target) throw;
      words = error.what();
      connection_.exec("ROLLBACK TO SAVEPOINT planrun_question");
    }
    connection_.exec("RELEASE SAVEPOINT planrun_question");
    return words.empty();
  }

  bool types(const TableSchema& table) {
    bool all = true;
    for (const auto& column : table.columns) {
      const auto [known, is_new] = types_.try_emplace(column.type.sql);
      std::string& words = known->second;
      if (is_new) asked([&] { connection_.prepare("SELECT NULL::" + column.type.sql); }, words);
      if (!words.empty()) {
        find("column " + table.name + "." + column.name + ": " + words,
             "make the type in the target first, or by a [[sql]] at = \"before_load\"; or give the column "
             "another type",
             words);
        all = false;
      }
    }
    return all;
  }

  void bounds(const TableSchema& table) {
    for (const auto& wrong : find_wrong_bounds(connection_, table)) find(wrong, "correct it in the plan");
  }

  /// Parsed and analysed by the server against the columns, never evaluated.
  void expressions(const TableSchema& table) {
    std::string columns;
    for (const auto& column : table.columns) {
      if (!columns.empty()) columns += ", ";
      columns += "NULL::" + column.type.sql;
      if (!column.collation.empty()) columns += " COLLATE " + column.collation;
      columns += " AS " + quote_name(column.name);
    }
    const std::string from = " FROM (SELECT " + columns + ") AS " + quote_name(table.name);
    const auto try_expression = [&](const std::string& what, const std::string& sql) {
      std::string words;
      if (asked([&] { connection_.prepare(sql); }, words)) return;
      find(what + " of table " + table.name + ": " + words, "correct it in the plan", words);
    };
    for (const auto& check : table.checks) {
      try_expression("check " + (check.name.empty() ? "(" + check.sql + ")" : check.name),
                     "SELECT 1" + from + " WHERE (" + check.sql + ")");
    }
    for (const auto& column : table.columns) {
      if (!column.default_sql.empty()) {
        try_expression("the default of column " + column.name, "SELECT " + column.default_sql);
      }
      if (!column.generated_sql.empty()) {
        try_expression("the expression of column " + column.name,
                       "SELECT (" + column.generated_sql + ")" + from);
      }
    }
    for (const auto& index : table.indexes) {
      if (!index.where_sql.empty()) {
        try_expression("the condition of index " + index.name,
                       "SELECT 1" + from + " WHERE (" + index.where_sql + ")");
      }
    }
  }

  void references(const TableSchema& table) {
    for (const auto& key : table.foreign_keys) {
      if (planned_.contains(key.table)) continue;
      const std::string name = qualified(schema_, key.table);
      const Result r = connection_.exec(
          "SELECT to_regclass($1) IS NOT NULL,"
          " has_table_privilege(to_regclass($1), 'REFERENCES')",
          {name});
      if (!r.truth(0, 0)) {
        find("foreign key " + key.name + " of table " + table.name + " refers to " + schema_ + "." +
             key.table + ", which is neither in the plan nor in the target");
      } else if (!r.truth(0, 1)) {
        find("role " + connection_.user() + " may not refer to table " + schema_ + "." + key.table,
             "GRANT REFERENCES ON " + name + " TO " + role_);
      }
    }
  }

  PostgresConnection& connection_;
  const PostgresContext& context_;
  std::span<const TableSchema* const> tables_;
  std::span<const std::string> ours_;
  std::string role_;
  std::string schema_;
  std::set<std::string_view> planned_;        // tables of the plan
  std::map<std::string, std::string> types_;  // what the server says against each; empty: nothing
  std::vector<PreflightFinding> findings_;
  bool reads_ledger_ = false;  // there is one, and this role may read it
};

}  // namespace

std::vector<PreflightFinding> examine_target(PostgresConnection& connection, const PostgresContext& context,
                                             std::span<const TableSchema* const> tables,
                                             std::span<const std::string> ours) {
  return Preflight(connection, context, tables, ours).run();
}

}  // namespace planrun
