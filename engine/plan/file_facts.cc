#include <algorithm>
#include <set>

#include "base/hash.h"
#include "base/text.h"
#include "plan/plan_facts.h"
#include "plan/table_shape.h"

namespace planrun {

namespace {

constexpr std::string_view kWriteModes[] = {"insert", "insert_missing", "upsert", "replace"};

class FileFacts {
 public:
  FileFacts(const Plan& plan, const TransformFiles& files) : plan_(plan), files_(files) {}

  PlanFacts read() {
    facts_.name = plan_.name;
    facts_.of_file = true;
    for (const auto& name : plan_.requires_) facts_.requires_.push_back(name.text);
    add_settings();
    for (const auto& table : plan_.tables) shapes_.push_back(shape_of(table));
    for (auto& shape : shapes_) fill_foreign_columns(shape.schema);
    for (std::size_t i = 0; i < shapes_.size(); ++i) add_table(plan_.tables[i], shapes_[i]);
    for (const auto& check : plan_.checks) add_check(check);
    add_objects();
    return std::move(facts_);
  }

 private:
  void add_settings() {
    auto& all = facts_.settings;
    all["on_failure"] = plan_.on_failure == OnFailure::rollback ? "rollback" : "stop";
    all["folder"] = plan_.folder.string();
    all["keep_snapshots_days"] =
        plan_.keep_snapshots_days ? std::to_string(*plan_.keep_snapshots_days) : std::string();
    for (const auto& source : plan_.sources) {
      all["source " + source.name + " url"] = source.written_url;
      all["source " + source.name + " schema"] = source.schema;
      all["source " + source.name + " snapshot"] = source.snapshot ? "" : "none";
      all["source " + source.name + " tenant"] = source.tenant;
      all["source " + source.name + " tenant_column"] = source.has_many_files() ? source.tenant_column : "";
    }
    for (const auto& target : plan_.targets) {
      all["target " + target.name + " url"] = target.written_url;
      all["target " + target.name + " schema"] = target.schema;
      all["target " + target.name + " ledger"] = target.ledger;
      all["target " + target.name + " types"] = comma_list(target.types);
    }
    all["gate"] =
        plan_.gate ? std::to_string(plan_.gate->verifications) + " verifications within " + plan_.gate->within
                   : std::string();
    all["throttle"] = plan_.throttle ? describe(*plan_.throttle) : std::string();
    std::vector<std::string> alerts;
    for (const auto& alert : plan_.alerts) alerts.push_back(describe(alert));
    std::sort(alerts.begin(), alerts.end());
    all["alerts"] = join(alerts, "; ");
    if (!plan_.targets.empty()) all["home"] = plan_.targets.front().name;
  }

  static std::string describe(const PlanThrottle& throttle) {
    std::vector<std::string> parts;
    if (throttle.rate.is_limited()) parts.push_back("rate " + throttle.written_rate);
    if (throttle.active_sessions)
      parts.push_back("active_sessions " + std::to_string(*throttle.active_sessions));
    if (throttle.replication_lag_seconds)
      parts.push_back("replication_lag " + std::to_string(*throttle.replication_lag_seconds) + "s");
    std::vector<std::string> texts;
    for (const auto& [dialect, text] : throttle.sql.by_dialect) texts.push_back(text);
    if (!throttle.sql.any.empty()) texts.push_back(throttle.sql.any);
    for (const auto& text : texts) parts.push_back(text + " above " + std::to_string(throttle.above));
    return join(parts, ", ");
  }

  static std::string describe(const PlanAlert& alert) {
    std::string text = alert.name + " when " + alert.when.text + ", " + std::string(to_string(alert.level));
    if (!alert.command.empty()) text += ", command " + join(alert.command, " ");
    if (!alert.shown_webhook.empty()) text += ", webhook " + alert.shown_webhook;
    if (!alert.mail.empty()) text += ", mail " + alert.mail.string();
    return text;
  }

  const PlanTarget* target_of(const PlanTable& table) const {
    for (const auto& target : plan_.targets) {
      if (table.target.empty() || target.name == table.target) return &target;
    }
    return nullptr;
  }

  TableShape shape_of(const PlanTable& table) const {
    const PlanTarget* target = target_of(table);
    Diagnostics told_before;
    return read_table_shape(table, target == nullptr ? std::vector<std::string>() : target->types, plan_.text,
                            told_before);
  }

  void fill_foreign_columns(TableSchema& schema) const {
    for (auto& key : schema.foreign_keys) {
      if (!key.foreign_columns.empty()) continue;
      for (const auto& other : shapes_) {
        const KeySchema* primary = other.schema.primary_key();
        if (other.schema.name == key.table && primary != nullptr) key.foreign_columns = primary->columns;
      }
    }
  }

  void add_table(const PlanTable& plan, const TableShape& shape) {
    TableFacts& table = facts_.tables[plan.name];
    table.name = plan.name;
    const PlanTarget* target = target_of(plan);
    if (target != nullptr) table.target = target->name;
    table.exists = plan.exists;
    table.sha256_digest = plan_.sha256_digest;
    table.inherits = shape.open && !plan.exists;
    for (ColumnSchema column : shape.schema.columns) {
      const KeySchema* key = shape.schema.primary_key();
      if (key != nullptr &&
          std::find(key->columns.begin(), key->columns.end(), column.name) != key->columns.end())
        column.not_null = true;
      table.columns[column.name] = std::move(column);
    }
    add_constraints(shape.schema, table);
    add_division(shape.schema, table);
    for (const auto& after : plan.after) table.after.push_back(after.text);
    std::sort(table.after.begin(), table.after.end());
    for (const auto& key : plan.restore_foreign_keys) table.restored.push_back(key.text);
    std::sort(table.restored.begin(), table.restored.end());
    for (const auto& load : plan.loads) {
      const auto names = load_names(plan, load);
      for (std::size_t i = 0; i < load.from.size(); ++i) add_load(plan, load, names[i], i, shape.schema);
    }
  }

  static std::string origin_of(const PlanColumn* column, const std::string& name) {
    if (column != nullptr && column->value) return "constant " + quote_for_message(column->value->text, 200);
    if (column != nullptr && column->expr) return "expression " + without_layout(column->expr->text);
    return "column " + (column != nullptr && column->from ? column->from->text : name);
  }

  // The load's own mapping of a column goes before the table's.
  static const PlanColumn* find_column(const PlanTable& table, const PlanLoad& load,
                                       const std::string& name) {
    for (const auto* columns : {&load.columns, &table.columns}) {
      for (const auto& column : *columns) {
        if (!column.inherit && column.name == name) return &column;
      }
    }
    return nullptr;
  }

  void add_load(const PlanTable& table, const PlanLoad& plan, const std::string& name, std::size_t place,
                const TableSchema& schema) {
    LoadFacts& load = facts_.loads[name];
    load.name = name;
    load.table = table.name;
    load.from = plan.from[place].text;
    std::set<std::string> names;
    for (const auto& column : schema.columns) {
      if (column.generated_sql.empty()) names.insert(column.name);
    }
    for (const auto& column : plan.columns) names.insert(column.name);
    for (const auto& column : names) {
      const PlanColumn* own = find_column(table, plan, column);
      ColumnFill& fill = load.columns[column];
      fill.origin = origin_of(own, column);
      if (own == nullptr) continue;
      for (const auto& conversion : own->using_) fill.using_.push_back(to_text(conversion));
      if (own->zone) fill.zone = own->zone->text;
    }
    for (const auto& column : plan.ignore) load.ignore.push_back(column.text);
    std::sort(load.ignore.begin(), load.ignore.end());
    if (plan.where) load.where = plan.where->text;
    load.write = kWriteModes[static_cast<std::size_t>(plan.write)];
    std::vector<std::string> key;
    for (const auto& column : plan.key) key.push_back(column.text);
    load.key = comma_list(key);
    if (plan.merge) load.merge = merge_text(*plan.merge);
    if (plan.transform) {
      load.transform = plan.transform->text;
      const auto files = files_.find(load.transform);
      if (files != files_.end()) {
        for (const auto& file : files->second) load.files[file.module] = sha256_hex(file.text);
      }
    }
    load.keeps_rejects = plan.on_reject == OnReject::keep;
    load.max_rejects = plan.max_rejects.value_or(-1);
  }

  static std::string merge_text(const PlanMerge& merge) {
    std::vector<std::string> key;
    for (const auto& column : merge.key) key.push_back(column.text);
    std::string text = "rows of one " + comma_list(key);
    if (merge.keep != Keep::none) text += ", keep " + std::string(to_string(merge.keep));
    return merge.by ? text + " by " + merge.by->text : text;
  }

  static std::string sql_text(const DialectSql& sql) {
    if (!sql.any.empty()) return without_layout(sql.any);
    std::string all;
    for (const auto& [dialect, text] : sql.by_dialect) {
      if (!all.empty()) all += "; ";
      all += dialect + ": " + without_layout(text);
    }
    return all;
  }

  void add_check(const PlanCheck& plan) {
    CheckFacts& check = facts_.checks[(plan.guard ? "guard " : "check ") + plan.name];
    check.name = plan.name;
    check.guard = plan.guard;
    check.severity = plan.severity;
    check.asks = sql_text(plan.sql);
    if (!plan.target.empty()) check.asks += "; of target " + plan.target;
    if (!plan.source.empty())
      check.asks += "; against source " + plan.source + ": " + without_layout(plan.source_sql.text);
    if (plan.runs > 0) check.asks += "; " + std::to_string(plan.runs) + " runs";
    if (plan.expect) check.expect = plan.expect->text;
    check.compares = plan.expect.has_value() || !plan.source.empty() || !plan.at_most.empty();
    check.critical = plan.critical;
    if (plan.warning) check.warning = to_string(*plan.warning);
    check.at_most = plan.at_most;
    check.tables = plan.tables;
  }

  void add_objects() {
    const auto of_target = [](const std::string& target) {
      return target.empty() ? std::string() : "; in target " + target;
    };
    for (const auto& view : plan_.views) {
      const std::string what = "view " + view.name;
      facts_.objects[what] = {what, "", sql_text(view.sql) + of_target(view.target), ""};
    }
    for (const auto& trigger : plan_.triggers) {
      const std::string what = "trigger " + trigger.name;
      facts_.objects[what] = {what, trigger.table.text, sql_text(trigger.sql), ""};
    }
    for (const auto& step : plan_.sql_steps) {
      const std::string what = "sql " + step.name;
      const std::string when = "at " + std::string(to_string(step.when)) + ": ";
      facts_.objects[what] = {what, "", when + sql_text(step.sql) + of_target(step.target),
                              sql_text(step.undo)};
    }
  }

  const Plan& plan_;
  const TransformFiles& files_;
  std::vector<TableShape> shapes_;
  PlanFacts facts_;
};

}  // namespace

PlanFacts facts_of(const Plan& plan, const TransformFiles& files) {
  return FileFacts(plan, files).read();
}

}  // namespace planrun
