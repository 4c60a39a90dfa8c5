#include "plan/plan_diff.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "plan/check_diff.h"
#include "plan/load_diff.h"
#include "plan/table_diff.h"

namespace planrun {

namespace {

void compare_names(const std::string& what, const std::vector<std::string>& before,
                   const std::vector<std::string>& now, ChangeKind gone, ChangeKind fresh,
                   std::vector<PlanChange>& changes) {
  const auto has = [](const std::vector<std::string>& list, const std::string& name) {
    return std::find(list.begin(), list.end(), name) != list.end();
  };
  for (const auto& name : before) {
    if (!has(now, name)) changes.push_back({gone, "", "", what + " " + name + " is gone", name, ""});
  }
  for (const auto& name : now) {
    if (!has(before, name)) changes.push_back({fresh, "", "", what + " " + name + " is new", "", name});
  }
}

// "source ora url" -> source, ora, url; others have one word.
struct Setting {
  explicit Setting(const std::string& key) {
    const auto words = split(key, ' ');
    word = words.back();
    if (words.size() == 3) {
      group = words[0];
      name = words[1];
    }
  }
  std::string group;
  std::string name;
  std::string word;
};

ChangeKind kind_of(const Setting& setting, const std::string& now) {
  const bool is_place = setting.word == "url" || (setting.word == "schema" && setting.group == "source");
  if (is_place)
    return setting.group == "source" ? ChangeKind::source_url_changed : ChangeKind::target_url_changed;
  if (setting.word == "ledger") return ChangeKind::ledger_changed;
  if (setting.word == "schema") return ChangeKind::schema_changed;
  if (setting.word == "snapshot" && now == "none") return ChangeKind::snapshot_none;
  if (setting.word == "on_failure" && now == "stop") return ChangeKind::on_failure_loosened;
  if (setting.word == "gate" || setting.word == "alerts") return ChangeKind::watch_changed;
  return ChangeKind::setting_changed;
}

class Comparing {
 public:
  Comparing(const PlanFacts& before, const PlanFacts& now) : before_(before), now_(now) {}

  PlanDiff run() {
    auto& changes = diff_.changes;
    if (before_.name != now_.name) {
      changes.push_back({ChangeKind::plan_name_changed, "", "",
                         "the plan is called " + now_.name + ", it was " + before_.name, before_.name,
                         now_.name});
    }
    compare_names("required plan", before_.requires_, now_.requires_, ChangeKind::requires_gone,
                  ChangeKind::requires_new, changes);
    if (before_.of_file && now_.of_file) compare_settings();
    compare_tables(before_.tables, now_.tables, before_.loads, now_.loads, changes);
    compare_loads(before_, now_, changes);
    compare_checks(before_.checks, now_.checks, changes);
    compare_objects();
    std::stable_sort(changes.begin(), changes.end(),
                     [](const PlanChange& a, const PlanChange& b) { return a.table < b.table; });
    list_rewritten();
    return std::move(diff_);
  }

 private:
  void compare_settings() {
    const auto told = [&](const Setting& setting, const std::map<std::string, std::string>& other) {
      return !setting.group.empty() && !other.contains(setting.group + " " + setting.name + " url");
    };
    for (const auto& [key, old_text] : before_.settings) {
      const Setting setting(key);
      if (told(setting, now_.settings)) {
        if (setting.word == "url") tell_gone(setting);
        continue;
      }
      const auto now = now_.settings.find(key);
      const std::string new_text = now == now_.settings.end() ? "" : now->second;
      if (old_text == new_text) continue;
      std::string what =
          setting.group.empty() ? setting.word : setting.group + " " + setting.name + ": " + setting.word;
      diff_.changes.push_back({kind_of(setting, new_text), "", "",
                               what + " was " + shown(old_text) + ", is " + shown(new_text), old_text,
                               new_text});
    }
    for (const auto& [key, text] : now_.settings) {
      const Setting setting(key);
      if (setting.word != "url" || !told(setting, before_.settings)) continue;
      const bool source = setting.group == "source";
      diff_.changes.push_back({source ? ChangeKind::source_new : ChangeKind::target_new, "", "",
                               setting.group + " " + setting.name + " is new", "", setting.name});
    }
  }

  void tell_gone(const Setting& setting) {
    const bool source = setting.group == "source";
    diff_.changes.push_back({source ? ChangeKind::source_gone : ChangeKind::target_gone, "", "",
                             setting.group + " " + setting.name + " is gone", setting.name, ""});
  }

  static std::string shown(const std::string& text) { return text.empty() ? "not set" : text; }

  void compare_objects() {
    for (const auto& [what, before] : before_.objects) {
      const auto found = now_.objects.find(what);
      if (found == now_.objects.end()) {
        diff_.changes.push_back(
            {ChangeKind::object_gone, before.table, "", what + " is gone", before.says, ""});
        continue;
      }
      const ObjectFacts& now = found->second;
      if (before.says != now.says || before.table != now.table)
        diff_.changes.push_back({ChangeKind::object_changed, now.table, "", what + " does something else",
                                 before.says, now.says});
      if (before.undo == now.undo) continue;
      const bool gone = now.undo.empty();
      diff_.changes.push_back({gone ? ChangeKind::undo_gone : ChangeKind::undo_changed, now.table, "",
                               what + (gone ? ": its undo is gone" : ": its undo is another"), before.undo,
                               now.undo});
    }
    for (const auto& [what, now] : now_.objects) {
      if (before_.objects.contains(what)) continue;
      const bool view = what.starts_with("view ");
      diff_.changes.push_back({view ? ChangeKind::view_new : ChangeKind::object_new, now.table, "",
                               what + " is new", "", now.says});
    }
  }

  // A change of a table is one of all its loads.
  void list_rewritten() {
    std::set<std::string> loads;
    for (const auto& change : diff_.changes) {
      if (!change.rule().rewrites) continue;
      if (!change.load.empty()) {
        loads.insert(change.load);
        continue;
      }
      for (const auto& [name, load] : now_.loads) {
        if (load.table == change.table) loads.insert(name);
      }
    }
    diff_.rewritten.assign(loads.begin(), loads.end());
  }

  const PlanFacts& before_;
  const PlanFacts& now_;
  PlanDiff diff_;
};

}  // namespace

std::size_t PlanDiff::count(ChangeMark mark) const {
  return static_cast<std::size_t>(std::count_if(
      changes.begin(), changes.end(), [&](const PlanChange& change) { return change.mark() == mark; }));
}

PlanDiff diff_plans(const PlanFacts& before, const PlanFacts& now) {
  return Comparing(before, now).run();
}

}  // namespace planrun
