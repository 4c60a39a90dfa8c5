#include "draft/trigger_draft.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "draft/names.h"
#include "draft/toml_text.h"

namespace planrun {
namespace {

using Tables = std::set<std::string>;  // in lower case

class TriggerJudge {
 public:
  TriggerJudge(const DraftSource& source, std::vector<TriggerDraft>& drafts)
      : source_(source), drafts_(drafts) {}

  /// A trigger falls with one that it fires: until all that are left stand.
  void judge() {
    for (bool changed = true; changed;) {
      changed = false;
      for (auto& draft : drafts_) {
        if (!draft.translated) continue;
        draft.reason = refusal(*draft.translated);
        if (draft.reason.empty()) continue;
        draft.translated.reset();
        changed = true;
      }
    }
  }

 private:
  std::string refusal(const TranslatedTrigger& trigger) const {
    for (const auto& write : trigger.writes) {
      if (std::string reason = of_written(write); !reason.empty()) return reason;
    }
    if (std::string reason = of_fired(trigger); !reason.empty()) return reason;
    if (std::string reason = of_neighbours(trigger); !reason.empty()) return reason;
    return of_foreign_keys(trigger);
  }

  std::string of_written(const TriggerWrite& write) const {
    for (const auto& table : source_.census->tables) {
      if (same_name(table.table.name, write.table) && !table.declared.conflicts.empty())
        return shown(write.table) + ", into which it writes, has ON CONFLICT clauses";
    }
    for (const auto& other : drafts_) {
      if (same_name(other.source->table, write.table) && !other.translated) {
        return "it writes into " + shown(write.table) + ", whose trigger " + shown(other.source->name) +
               " is not translated";
      }
    }
    return {};
  }

  // ---------------------------------------------------------------------------------------- other triggers

  std::vector<const TranslatedTrigger*> fired_by(const TranslatedTrigger& trigger) const {
    std::vector<const TranslatedTrigger*> fired;
    for (const auto& draft : drafts_) {
      if (!draft.translated) continue;
      const bool fires = std::ranges::any_of(trigger.writes, [&](const TriggerWrite& write) {
        return same_name(write.table, draft.translated->table) && write.event == draft.translated->event;
      });
      if (fires) fired.push_back(&*draft.translated);
    }
    return fired;
  }

  /// SQLite runs no trigger within itself, and its rows change one by one.
  std::string of_fired(const TranslatedTrigger& trigger) const {
    std::set<std::string> seen;
    std::vector<const TranslatedTrigger*> ahead = fired_by(trigger);
    while (!ahead.empty()) {
      const TranslatedTrigger* next = ahead.back();
      ahead.pop_back();
      if (!seen.insert(next->name).second) continue;
      if (touched_by(*next).contains(to_lower_ascii(trigger.table)) || next->name == trigger.name)
        return "it fires " + shown(next->name) + ", which comes back to " + shown(trigger.table);
      const auto further = fired_by(*next);
      ahead.insert(ahead.end(), further.begin(), further.end());
    }
    return {};
  }

  static Tables written_by(const TranslatedTrigger& trigger) {
    Tables tables;
    for (const auto& write : trigger.writes) tables.insert(to_lower_ascii(write.table));
    return tables;
  }

  static Tables touched_by(const TranslatedTrigger& trigger) {
    Tables tables = written_by(trigger);
    tables.insert(trigger.reads.begin(), trigger.reads.end());
    return tables;
  }

  static bool meet(const Tables& a, const Tables& b) {
    return std::ranges::any_of(a, [&](const std::string& table) { return b.contains(table); });
  }

  std::string of_neighbours(const TranslatedTrigger& trigger) const {
    for (const auto& draft : drafts_) {
      if (!draft.translated || draft.source->name == trigger.name) continue;
      const TranslatedTrigger& other = *draft.translated;
      if (!same_name(other.table, trigger.table) || other.event != trigger.event) continue;
      if (meet(written_by(trigger), touched_by(other)) || meet(written_by(other), touched_by(trigger)))
        return "it and " + shown(other.name) + " change the same, and which runs first is not certain";
    }
    return {};
  }

  // ----------------------------------------------------------------------------------------- foreign keys

  /// PostgreSQL looks at a foreign key after each statement of a trigger, SQLite at the end of the one that
  /// fired it.
  std::string of_foreign_keys(const TranslatedTrigger& trigger) const {
    if (trigger.writes.empty()) return {};
    std::vector<TriggerWrite> all = trigger.writes;
    all.push_back({trigger.table, trigger.event, {}});
    for (const auto& table : source_.census->tables) {
      for (const auto& key : table.declared.foreign_keys) {
        const std::string& child = table.table.name;
        if (has_action(key) && changes_parent(all, key) && is_touched(trigger, child))
          return "the foreign key of " + shown(child) +
                 " changes rows that it, or a trigger, changes or reads";
        if (!same_name(child, key.table) && changes_child(all, child, key) && changes_parent(all, key) &&
            !only_adds(trigger, child, key))
          return "it changes both ends of the foreign key from " + shown(child) + " to " + shown(key.table);
      }
    }
    return {};
  }

  static bool has_action(const SourceForeignKey& key) {
    const auto acts = [](const std::string& action) { return action != "NO ACTION" && action != "RESTRICT"; };
    return acts(key.on_delete) || acts(key.on_update);
  }

  static bool sets_any(const TriggerWrite& write, const std::vector<std::string>& columns) {
    return write.columns.empty() || std::ranges::any_of(columns, [&](const std::string& column) {
             return write.columns.contains(to_lower_ascii(column));
           });
  }

  static bool changes_parent(const std::vector<TriggerWrite>& all, const SourceForeignKey& key) {
    return std::ranges::any_of(all, [&](const TriggerWrite& write) {
      return same_name(write.table, key.table) &&
             (write.event != RowEvent::update || sets_any(write, key.foreign_columns));
    });
  }

  static bool changes_child(const std::vector<TriggerWrite>& all, const std::string& child,
                            const SourceForeignKey& key) {
    return std::ranges::any_of(all, [&](const TriggerWrite& write) {
      return same_name(write.table, child) &&
             (write.event != RowEvent::update || sets_any(write, key.columns));
    });
  }

  /// Rows that refer to the one that has just been put in.
  static bool only_adds(const TranslatedTrigger& trigger, const std::string& child,
                        const SourceForeignKey& key) {
    const auto adds = [&](const TriggerWrite& write) {
      if (same_name(write.table, key.table)) return false;
      return !same_name(write.table, child) || write.event == RowEvent::insert;
    };
    return !trigger.before && trigger.event == RowEvent::insert && same_name(trigger.table, key.table) &&
           std::ranges::all_of(trigger.writes, adds);
  }

  bool is_touched(const TranslatedTrigger& trigger, const std::string& table) const {
    return touched_by(trigger).contains(to_lower_ascii(table)) ||
           std::ranges::any_of(drafts_, [&](const TriggerDraft& draft) {
             return draft.source->name != trigger.name && same_name(draft.source->table, table);
           });
  }

  const DraftSource& source_;
  std::vector<TriggerDraft>& drafts_;
};

}  // namespace

std::vector<TriggerDraft> draft_triggers(const DraftSource& source, const KnownTables& known,
                                         const WhyNot& why_not) {
  std::vector<TriggerDraft> drafts;
  for (const auto& trigger : source.census->triggers) {
    TriggerDraft& draft = drafts.emplace_back();
    draft.source = &trigger;
    std::string sql = trigger.sql;
    std::erase(sql, '\r');
    if (!is_valid_utf8(sql) || TakenNames().take(trigger.name, "trigger_1") != trigger.name) {
      draft.reason = "its name or its SQL is not what every target takes";
      continue;
    }
    draft.reason = why_not(trigger.name);
    if (!draft.reason.empty()) continue;
    draft.translated = translate_trigger(sql, trigger.name, known, draft.reason);
  }
  TriggerJudge(source, drafts).judge();
  return drafts;
}

}  // namespace planrun
