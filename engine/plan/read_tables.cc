// [table.NAME] and its loads.
#include <algorithm>

#include "base/text.h"
#include "plan/readers.h"

namespace planrun {
namespace {

std::vector<std::string> source_names(const Plan& plan) {
  std::vector<std::string> names;
  for (const auto& s : plan.sources) names.push_back(s.name);
  return names;
}

void check_from(PlanReader& reader, const std::vector<Located>& from) {
  const std::vector<std::string> sources = source_names(reader.plan);
  for (std::size_t i = 0; i < from.size(); ++i) {
    const Located& place = from[i];
    const auto dot = place.text.find('.');
    if (dot == std::string::npos || dot == 0 || dot + 1 == place.text.size()) {
      const std::string hint = sources.size() == 1 && dot == std::string::npos && !place.text.empty()
                                   ? "did you mean `" + sources[0] + "." + place.text + "`?"
                                   : "";
      reader.error(FindingCode::wrong_form, place.at,
                   "`from` takes SOURCE.TABLE, not " + quote_for_message(place.text), hint);
      continue;
    }
    const std::string source = place.text.substr(0, dot);
    check_known(reader, FindingCode::unknown_name, {source, place.at}, sources,
                "there is no source `" + source + "`");
    const bool twice = std::any_of(from.begin(), from.begin() + static_cast<std::ptrdiff_t>(i),
                                   [&](const Located& other) { return other.text == place.text; });
    if (twice)
      reader.error(FindingCode::named_twice, place.at,
                   "`from` names " + quote_for_message(place.text) + " twice");
  }
}

void read_write(PlanReader& reader, const Section& section, PlanLoad& load) {
  const std::string write = section.text("write");
  if (write == "insert_missing") load.write = WriteMode::insert_missing;
  if (write == "upsert") load.write = WriteMode::upsert;
  if (write == "replace") load.write = WriteMode::replace;
  if (section.find("write") != nullptr) load.write_at = section.located("write")->at;
  load.key = section.list("key");
  if (load.write != WriteMode::insert && load.key.empty()) {
    reader.error(FindingCode::keys_apart, load.write_at, "`write = \"" + write + "\"` needs `key`",
                 "the columns by which a row is found");
  }
  const bool inserts = !section.has("write") || section.text("write") == "insert";
  if (inserts && section.find("key") != nullptr) {
    reader.error(FindingCode::keys_apart, section.at("key"),
                 "`key` says by what `write` finds a row, and inserting finds none",
                 "a primary key is declared with its column or in `constraints`");
  }
}

void read_merge(PlanReader& reader, const Section& section, PlanLoad& load) {
  const Member* member = section.find("merge");
  if (member == nullptr) return;
  const Section merge(reader, merge_keys(), member->value, member->at, "`merge`");
  PlanMerge result;
  result.at = member->at;
  result.key = merge.list("key");
  const std::string keep = merge.text("keep");
  for (const Keep known : {Keep::newest, Keep::first, Keep::last}) {
    if (keep == to_string(known)) result.keep = known;
  }
  result.by = merge.located("by");
  if (result.key.empty() && (!merge.has("key") || merge.find("key") != nullptr)) {
    reader.error(FindingCode::missing_key, member->at, "`merge` has no `key`",
                 "the columns of the table that make two rows the same");
  }
  for (std::size_t i = 0; i < result.key.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (result.key[i].text != result.key[j].text) continue;
      reader.error(FindingCode::named_twice, result.key[i].at,
                   "`merge.key` names `" + result.key[i].text + "` twice");
    }
  }
  if (result.keep == Keep::newest && !merge.has("by")) {
    reader.error(FindingCode::keys_apart, merge.at("keep"), "`keep = \"newest\"` needs `by`",
                 "the column that says how new a row is");
  }
  if (merge.find("by") != nullptr && result.keep != Keep::newest) {
    reader.error(FindingCode::keys_apart, merge.at("by"), "`by` goes with `keep = \"newest\"`");
  }
  load.merge = result;
}

void read_load(PlanReader& reader, const Section& section, PlanLoad& load) {
  load.from = section.list("from");
  check_from(reader, load.from);
  load.ignore = section.list("ignore");
  load.where = section.located("where");
  if (load.where && trim(load.where->text).empty())
    reader.error(FindingCode::empty_value, load.where->at, "`where` is empty");
  load.transform = section.located("transform");
  if (load.transform) check_transform_name(reader, *load.transform);
  read_write(reader, section, load);
  read_merge(reader, section, load);
  if (load.from.size() > 1 && !section.has("merge")) {
    reader.error(FindingCode::no_merge, load.from[1].at,
                 "`from` names several tables, and no `merge` says which of their rows are the same",
                 "`merge = { key = [...] }`; tables that share no rows take a [table.NAME.load.LOAD] each");
  }
  if (section.text("on_reject") == "keep") load.on_reject = OnReject::keep;
  load.max_rejects = section.count("max_rejects");
  const bool stops = !section.has("on_reject") || section.text("on_reject") == "stop";
  if (load.max_rejects && stops) {
    reader.error(FindingCode::keys_apart, section.at("max_rejects"),
                 "`max_rejects` goes with `on_reject = \"keep\"`");
  }
}

void read_named_loads(PlanReader& reader, const Section& section, PlanTable& table) {
  const Member* loads = section.find("load");
  if (loads == nullptr) return;
  for (const Member& member : loads->value.members) {
    const std::string shown = "[table." + table.name + ".load." + member.key + "]";
    if (member.value.kind != NodeKind::table) {
      reader.error(FindingCode::wrong_kind, member.at, "`" + member.key + "` stands in `load` itself",
                   "a load has a name: [table." + table.name + ".load.NAME]");
      continue;
    }
    check_plain_name(reader, member.key, member.at, "load");
    const Section own(reader, load_keys(), member.value, member.at, shown);
    PlanLoad load;
    load.name = member.key;
    load.at = member.at;
    read_load(reader, own, load);
    if (load.from.empty() && !own.has("from"))
      reader.error(FindingCode::missing_key, member.at, shown + " has no `from`");
    if (const Member* columns = own.find("columns")) {
      load.columns = read_columns(reader, columns->value, shown, true, table.exists);
    }
    table.loads.push_back(std::move(load));
  }
}

void read_unnamed_load(PlanReader& reader, const Section& section, PlanTable& table) {
  if (section.find("from") != nullptr) {
    PlanLoad load;
    load.at = table.at;
    read_load(reader, section, load);
    if (load.from.empty()) reader.error(FindingCode::empty_value, section.at("from"), "`from` is empty");
    table.loads.push_back(std::move(load));
    return;
  }
  if (section.has("from")) return;
  for (const auto& key : load_keys().keys) {
    if (key.name == "columns" || section.find(key.name) == nullptr) continue;
    reader.error(
        FindingCode::keys_apart, section.at(key.name),
        "`" + std::string(key.name) + "` belongs to a load, and " + section.shown() + " has no `from`");
  }
}

void read_target_of(PlanReader& reader, const Section& section, PlanTable& table) {
  std::vector<std::string> targets;
  for (const auto& t : reader.plan.targets) targets.push_back(t.name);
  if (const auto target = section.located("target")) {
    // The only target goes without saying, and tables that say it are with those that do not.
    if (targets.size() > 1) table.target = target->text;
    check_known(reader, FindingCode::unknown_name, *target, targets,
                "there is no target `" + target->text + "`");
  } else if (targets.size() > 1) {
    reader.error(FindingCode::missing_key, table.at, section.shown() + " does not say its `target`",
                 "the plan has " + join(targets, " and "));
  }
}

void read_restored_keys(PlanReader& reader, const Section& section, PlanTable& table) {
  table.restore_foreign_keys = section.list("restore_foreign_keys");
  if (table.restore_foreign_keys.empty()) return;
  const Position at = section.at("restore_foreign_keys");
  if (!table.exists) {
    reader.error(FindingCode::keys_apart, at,
                 section.shown() + " is made by the plan: its foreign keys come after the rows anyway",
                 "take `restore_foreign_keys` out");
  }
  for (const auto& target : reader.plan.targets) {
    const bool is_its = table.target.empty() || table.target == target.name;
    if (!is_its || target.dialect != "sqlite") continue;
    reader.error(
        FindingCode::keys_apart, at,
        section.shown() + " goes into a SQLite file, which looks at foreign keys after the rows anyway",
        "take `restore_foreign_keys` out");
  }
}

void read_table(PlanReader& reader, const Member& member) {
  const Section section(reader, table_keys(), member.value, member.at, "[table." + member.key + "]");
  PlanTable table;
  table.name = member.key;
  table.at = member.at;
  check_object_name(reader, table.name, member.at, "table");
  table.exists = section.flag("exists");
  if (section.find("exists") != nullptr) table.exists_at = section.located("exists")->at;
  read_target_of(reader, section, table);
  table.constraints = section.list("constraints");
  table.after = section.list("after");
  read_restored_keys(reader, section, table);
  read_division(reader, section, table);
  if (const Member* columns = section.find("columns")) {
    table.columns = read_columns(reader, columns->value, section.shown(), false, table.exists);
    if (columns->value.members.empty())
      reader.error(FindingCode::empty_value, columns->at, section.shown() + " has columns, but names none");
  }
  if (const Member* indexes = section.find("index")) {
    for (const Member& index : indexes->value.members) {
      if (index.value.kind != NodeKind::string) {
        reader.error(
            FindingCode::wrong_kind, index.value.at,
            "index `" + index.key + "` takes a string, not " + std::string(describe(index.value.kind)),
            "\"(column)\"");
        continue;
      }
      check_object_name(reader, index.key, index.at, "index");
      table.indexes.push_back({index.key, {index.value.text, index.value.at}});
    }
  }
  read_unnamed_load(reader, section, table);
  read_named_loads(reader, section, table);
  const bool says_nothing =
      !section.has("from") && !section.has("load") && !section.has("columns") && !table.exists;
  if (says_nothing) {
    reader.error(FindingCode::missing_key, member.at, section.shown() + " has neither rows nor columns",
                 "`from`, or [table." + table.name + ".columns]");
  }
  reader.plan.tables.push_back(std::move(table));
}

}  // namespace

void read_tables(PlanReader& reader, const Node& root) {
  for_each_section(reader, root, "table", [&](const Member& member) { read_table(reader, member); });
}

}  // namespace planrun
