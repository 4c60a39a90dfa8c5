#include "plan/load_diff.h"

#include <algorithm>
#include <set>

#include "base/text.h"

namespace planrun {

namespace {

// Conversions that change what would be rejected.
constexpr std::string_view kLossy[] = {"round", "replace_nul", "replace_invalid_utf8", "json_last_key"};

bool is_lossy(const std::string& conversion) {
  const std::string name = conversion.substr(0, conversion.find('('));
  return std::find(std::begin(kLossy), std::end(kLossy), name) != std::end(kLossy);
}

std::string or_none(const std::string& text) {
  return text.empty() ? "none" : text;
}

bool overwrites(const std::string& write) {
  return write == "upsert" || write == "replace";
}

class LoadComparing {
 public:
  LoadComparing(const LoadFacts& before, const LoadFacts& now, std::vector<PlanChange>& changes)
      : before_(before),
        now_(now),
        changes_(changes),
        prefix_(now.name == now.table ? "" : "load " + now.name + ": ") {}

  void run(const TableFacts& table_before, const TableFacts& table_now) {
    compare_text(ChangeKind::source_table_changed, "reads", before_.from, now_.from);
    compare_columns(table_before, table_now);
    compare_ignore();
    compare_where();
    compare_text(ChangeKind::merge_changed, "merges", before_.merge, now_.merge);
    compare_write();
    compare_rejects();
    compare_transform();
  }

 private:
  void tell(ChangeKind kind, const std::string& what, const std::string& before, const std::string& now) {
    changes_.push_back({kind, now_.table, now_.name, prefix_ + what, before, now});
  }

  void compare_text(ChangeKind kind, const std::string& verb, const std::string& before,
                    const std::string& now) {
    if (before == now) return;
    tell(kind, verb + " " + or_none(now) + ", before " + or_none(before), before, now);
  }

  // Columns that both versions of the table have; those that are gone or new are told there.
  void compare_columns(const TableFacts& table_before, const TableFacts& table_now) {
    for (const auto& [name, column] : table_before.columns) {
      if (!table_now.columns.contains(name)) continue;
      const auto before = before_.columns.find(name);
      const auto now = now_.columns.find(name);
      const ColumnFill was = before == before_.columns.end() ? ColumnFill{"nothing", {}, ""} : before->second;
      const ColumnFill is = now == now_.columns.end() ? ColumnFill{"nothing", {}, ""} : now->second;
      compare_fill(name, was, is);
    }
  }

  void compare_fill(const std::string& column, const ColumnFill& was, const ColumnFill& is) {
    if (was.origin != is.origin) {
      tell(ChangeKind::column_source_changed,
           "column " + column + " comes from " + is.origin + ", before from " + was.origin, was.origin,
           is.origin);
    }
    if (was.using_ != is.using_) {
      const bool lossy = std::any_of(is.using_.begin(), is.using_.end(), [&](const std::string& conversion) {
        return is_lossy(conversion) &&
               std::find(was.using_.begin(), was.using_.end(), conversion) == was.using_.end();
      });
      const std::string old_text = join(was.using_, ", ");
      const std::string new_text = join(is.using_, ", ");
      tell(lossy ? ChangeKind::conversion_lossy : ChangeKind::conversion_changed,
           "column " + column + ": using " + or_none(new_text) + ", before " + or_none(old_text), old_text,
           new_text);
    }
    if (was.zone != is.zone)
      tell(ChangeKind::conversion_changed,
           "column " + column + ": zone " + or_none(is.zone) + ", before " + or_none(was.zone), was.zone,
           is.zone);
  }

  void compare_ignore() {
    for (const auto& name : now_.ignore) {
      if (std::find(before_.ignore.begin(), before_.ignore.end(), name) == before_.ignore.end())
        tell(ChangeKind::ignore_grown, "source column " + name + " is ignored now", "", name);
    }
    for (const auto& name : before_.ignore) {
      if (std::find(now_.ignore.begin(), now_.ignore.end(), name) == now_.ignore.end())
        tell(ChangeKind::ignore_shrunk, "source column " + name + " is not ignored any more", name, "");
    }
  }

  void compare_where() {
    const std::string was = without_layout(before_.where);
    const std::string is = without_layout(now_.where);
    if (was != is)
      tell(ChangeKind::where_changed,
           "takes rows where " + (is.empty() ? "anything" : is) + ", before " +
               (was.empty() ? "anything" : was),
           was, is);
  }

  void compare_write() {
    const bool worse = overwrites(now_.write) && !overwrites(before_.write);
    if (before_.write != now_.write) {
      tell(worse ? ChangeKind::write_overwrites : ChangeKind::write_changed,
           "write = " + now_.write + ", before " + before_.write, before_.write, now_.write);
    }
    compare_text(ChangeKind::write_changed, "finds rows by", before_.key, now_.key);
  }

  static std::string rejects_text(const LoadFacts& load) {
    if (!load.keeps_rejects) return "stop";
    return load.max_rejects < 0 ? "keep any number" : "keep up to " + std::to_string(load.max_rejects);
  }

  void compare_rejects() {
    const std::string was = rejects_text(before_);
    const std::string is = rejects_text(now_);
    if (was == is) return;
    const auto room = [](const LoadFacts& load) {
      return !load.keeps_rejects    ? -1.0
             : load.max_rejects < 0 ? 1e300
                                    : static_cast<double>(load.max_rejects);
    };
    tell(room(now_) > room(before_) ? ChangeKind::rejects_loosened : ChangeKind::rejects_tightened,
         "rejects: " + is + ", before " + was, was, is);
  }

  void compare_transform() {
    if (before_.transform != now_.transform) {
      compare_text(ChangeKind::transform_changed, "transform is", before_.transform, now_.transform);
      return;
    }
    if (before_.row != now_.row) {
      const std::string was = join(before_.row, ", ");
      const std::string is = join(now_.row, ", ");
      tell(ChangeKind::transform_row_changed,
           "transform " + now_.transform + ": its row has " + is + "; before " + was, was, is);
    }
    if (before_.files == now_.files) return;
    std::set<std::string> modules;
    for (const auto& [module, sha] : before_.files) {
      const auto same = now_.files.find(module);
      if (same == now_.files.end() || same->second != sha) modules.insert(module);
    }
    for (const auto& [module, sha] : now_.files) {
      if (!before_.files.contains(module)) modules.insert(module);
    }
    for (const auto& module : modules) tell_module(module);
  }

  void tell_module(const std::string& module) {
    const bool own = now_.transform.starts_with(module + ".");
    const auto sha = [&](const LoadFacts& load) {
      const auto file = load.files.find(module);
      return file == load.files.end() ? std::string() : file->second;
    };
    std::string change = "has changed";
    if (sha(before_).empty()) change = "is new";
    if (sha(now_).empty()) change = "is not required any more";
    tell(ChangeKind::transform_code_changed,
         "transform " + now_.transform + ": " + (own ? "its file " : "the module ") + module +
             (own ? ".lua " : ", which it requires, ") + change,
         sha(before_).substr(0, 12), sha(now_).substr(0, 12));
  }

  const LoadFacts& before_;
  const LoadFacts& now_;
  std::vector<PlanChange>& changes_;
  const std::string prefix_;
};

}  // namespace

void compare_loads(const PlanFacts& before, const PlanFacts& now, std::vector<PlanChange>& changes) {
  for (const auto& [name, load] : before.loads) {
    const auto table = now.tables.find(load.table);
    if (table == now.tables.end()) continue;
    const auto same = now.loads.find(name);
    if (same == now.loads.end() || same->second.table != load.table) {
      changes.push_back(
          {ChangeKind::load_gone, load.table, name, "load " + name + " is gone", load.from, ""});
    } else {
      LoadComparing(load, same->second, changes).run(before.tables.at(load.table), table->second);
    }
  }
  for (const auto& [name, load] : now.loads) {
    if (!before.loads.contains(name) && before.tables.contains(load.table))
      changes.push_back({ChangeKind::load_new, load.table, name, "load " + name + " is new", "", load.from});
  }
}

}  // namespace planrun
