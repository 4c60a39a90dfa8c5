#include "run/resume.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/error.h"
#include "base/json.h"
#include "run/existing_tables.h"

namespace planrun {

namespace {

Error refused(const std::string& what) {
  return Error(
      ErrorCode::refused,
      "the plan has changed since this run began, and rows of it are in the target: " + what,
      "undo this change and run again, or take the run back and begin a new one; rejects that a mended "
      "plan takes go through it by planrun rejects PLAN --retry");
}

// The digest of a committed chunk's range under the plan of now.
class Rehash : public RowVisitor {
 public:
  explicit Rehash(const Road& road, const std::set<std::string>& left_out = {})
      : hasher_(road.row_hasher()), left_out_(left_out) {}
  void row(const SourceRow& from, std::span<const Cell> target) override {
    if (!is_left_out(from)) digest.add(hasher_.hash(target));
  }
  void rejected(const SourceRow& from, const Misfit&) override {
    if (!is_left_out(from)) ++rows_rejected;
  }
  void merged(const SourceRow&, std::span<const Cell>, const MergedRow&) override { ++rows_merged; }
  Digest digest;
  std::int64_t rows_rejected = 0;
  std::int64_t rows_merged = 0;

 private:
  bool is_left_out(const SourceRow& from) const {
    return !left_out_.empty() && left_out_.contains(to_json(from.key()));
  }

  RowHasher hasher_;
  std::set<std::string> left_out_;  // keys
};

std::string shown_range(const Range& range) {
  return "keys " + (range.from ? to_text(*range.from) : std::string("from the first")) + " to " +
         (range.until ? to_text(*range.until) : std::string("the end"));
}

std::string difference_of(const Json& before, const Json& now) {
  for (const auto& [key, value] : before.items()) {
    if (!now.contains(key)) return key + " is gone";
    if (now.at(key) == value) continue;
    if (value.is_object() && now.at(key).is_object()) return key + ": " + difference_of(value, now.at(key));
    if (value.is_structured() || now.at(key).is_structured()) return key + " is not what it was";
    return key + " was " + value.dump() + ", is " + now.at(key).dump();
  }
  for (const auto& [key, value] : now.items()) {
    if (!before.contains(key)) return key + " is new";
  }
  return "";
}

class Comparing {
 public:
  Comparing(const Json& before, const ResolvedPlan& plan, const std::vector<StepRecord>& steps,
            const std::vector<ChunkRecord>& chunks,
            const std::function<std::unique_ptr<Road>(const ResolvedTable&, const ResolvedLoad&)>& road)
      : before_(by_table(before)),
        objects_before_(by_step(before)),
        plan_(plan),
        names_(plan),
        chunks_(chunks),
        road_(road) {
    for (const auto& step : steps) {
      if (step.state == StepState::done) done_.insert(step.id);
    }
  }

  std::vector<std::string> run() {
    for (const auto& [name, table] : before_) {
      if ((is_made(name) || is_begun(name)) && names_.table(name) == nullptr)
        throw refused("table " + name + " is not in the plan any more");
    }
    for (const auto& table : plan_.tables) compare(table);
    compare_objects();
    return std::move(accepted_);
  }

 private:
  static std::map<std::string, Json> by_table(const Json& plan) { return by_name(plan.at("tables")); }

  // Views, triggers and SQL steps. What takes a SQL step back may be mended at any time.
  static std::map<std::string, Json> by_step(const Json& plan) {
    std::map<std::string, Json> objects;
    for (const auto& [list, kind] :
         {std::pair("views", ObjectKind::view), std::pair("triggers", ObjectKind::trigger),
          std::pair("sql", ObjectKind::sql)}) {
      for (Json object : plan.value(list, Json::array())) {
        SchemaObject named;
        named.kind = kind;
        named.name = object.at("name").get<std::string>();
        named.table = object.value("table", std::string());
        object.erase("undo");
        objects[step_id(named)] = std::move(object);
      }
    }
    return objects;
  }

  void compare_objects() {
    const auto now = by_step(to_json(plan_));
    for (const auto& [step, object] : objects_before_) {
      const auto same = now.find(step);
      if (same != now.end() && same->second == object) continue;
      if (!done_.contains(step)) continue;
      throw refused(step + " is done already and " +
                    (same == now.end() ? "is gone from the plan" : difference_of(object, same->second)));
    }
    for (const auto& [step, object] : now) {
      const auto before = objects_before_.find(step);
      if (before != objects_before_.end() && before->second == object) continue;
      accepted_.push_back(step + " is not done yet: what the plan says now will be");
    }
  }

  // What a table is, without which rows fill it and when.
  static Json shape_of(Json table) {
    table.erase("loads");
    table.erase("after");
    for (const char* part : {"columns", "checks", "keys", "foreign_keys", "indexes"}) {
      if (!table.contains(part)) table[part] = Json::array();
    }
    for (const char* part : {"partition", "distribute"}) {
      if (!table.contains(part)) table[part] = Json();
    }
    return table;
  }

  // What a load does with a row that fits: what becomes of the others may change at any time.
  static Json rule_of(Json load) {
    load.erase("on_reject");
    load.erase("max_rejects");
    return load;
  }

  // How a load's rows meet those of the target: no digest tells what became of rows that were left.
  static std::pair<Json, Json> meeting_of(const Json& load) {
    return {load.value("write", Json()), load.value("key", Json())};
  }

  bool is_under_way(const std::string& load) const {
    return std::ranges::any_of(chunks_, [&](const ChunkRecord& record) {
      return record.done && record.chunk.load == load && record.result.balance.rows_read > 0;
    });
  }

  bool is_made(const std::string& table) const { return done_.contains(create_step_id(table)); }
  /// Of a table that exists: its chunks are in the ledger.
  bool is_begun(const std::string& table) const { return done_.contains(begin_step_id(table)); }

  void compare(const ResolvedTable& table) {
    const std::string& name = table.schema.name;
    const auto before = before_.find(name);
    if (before != before_.end()) compare_dropped_keys(name, before->second, schema_to_json(table));
    if (is_begun(name)) {
      if (!table.schema.exists)
        throw refused("table " + name + " was there before the run, and the plan would make it now");
      // What else others do to their table is theirs.
      compare_loads(table, by_name(before->second.at("loads")));
      return;
    }
    if (!is_made(name)) {
      if (before == before_.end() || shape_of(before->second) != shape_of(schema_to_json(table))) {
        accepted_.push_back("table " + name + " is not made yet: its new definition holds");
      }
      return;
    }
    compare_schema(name, shape_of(before->second), shape_of(schema_to_json(table)));
    compare_loads(table, by_name(before->second.at("loads")));
  }

  // What the run has dropped it must know how to put back.
  void compare_dropped_keys(const std::string& table, const Json& before, const Json& now) const {
    const auto keys = by_name(now.value("foreign_keys", Json::array()));
    for (const auto& key : before.value("foreign_keys", Json::array())) {
      const std::string name = key.at("name");
      if (!done_.contains(drop_key_step_id(table, name))) continue;
      const auto same = keys.find(name);
      if (same != keys.end() && same->second == key) continue;
      throw refused("foreign key " + name + " of table " + table +
                    " has been dropped, and the plan would not put it back as it was");
    }
  }

  void compare_schema(const std::string& table, const Json& before, const Json& now) {
    if (before == now) return;
    for (const auto& [part, value] : before.items()) {
      if (now.at(part) == value) continue;
      if (part == "keys" || part == "foreign_keys" || part == "indexes") {
        compare_named(table, part, by_name(value), by_name(now.at(part)));
      } else {
        throw refused("table " + table + " is made already, and its " + part +
                      " differ: " + first_difference(value, now.at(part)));
      }
    }
  }

  static std::string first_difference(const Json& before, const Json& now) {
    if (!before.is_array() || !now.is_array()) return before.dump() + ", now " + now.dump();
    for (std::size_t i = 0; i < std::max(before.size(), now.size()); ++i) {
      if (i >= before.size()) return now[i].dump() + " is new";
      if (i >= now.size()) return before[i].dump() + " is gone";
      if (before[i] != now[i]) {
        const std::string name =
            before[i].is_object() && before[i].contains("name") ? before[i]["name"].dump() + ": " : "";
        return name + (before[i].is_object() && now[i].is_object()
                           ? difference_of(before[i], now[i])
                           : before[i].dump() + ", now " + now[i].dump());
      }
    }
    return "";
  }

  void compare_named(const std::string& table, const std::string& part,
                     const std::map<std::string, Json>& before, const std::map<std::string, Json>& now) {
    for (const auto& [name, item] : before) {
      const auto same = now.find(name);
      if (same != now.end() && same->second == item) continue;
      if (is_done(table, name)) {
        throw refused(part + " of table " + table + ": " + name + " is there already and " +
                      (same == now.end() ? "is gone from the plan" : difference_of(item, same->second)));
      }
    }
    accepted_.push_back("table " + table + ": its " + part +
                        " are not all made yet; those of the plan of now will be");
  }

  // A step on `name` that would have to be done otherwise now.
  bool is_done(const std::string& table, const std::string& name) const {
    for (const std::string kind : {"index ", "key ", "foreign_key "}) {
      std::string id = kind;
      id += table + " " + name;
      if (done_.contains(id)) return true;
    }
    return false;
  }

  void compare_loads(const ResolvedTable& table, const std::map<std::string, Json>& before) {
    std::set<std::string> names;
    for (const auto& load : table.loads) {
      names.insert(load.name);
      const auto same = before.find(load.name);
      if (same == before.end()) throw refused("load " + load.name + " is new, and its table is made already");
      if (rule_of(same->second) == rule_of(load_to_json(load))) continue;
      const std::string what = difference_of(rule_of(same->second), rule_of(load_to_json(load)));
      if (meeting_of(same->second) != meeting_of(load_to_json(load)) && is_under_way(load.name))
        throw refused("load " + load.name + " (" + what + ") would meet rows of the target in another way");
      accepted_.push_back("load " + load.name + " (" + what +
                          "): " + std::to_string(check_chunks(table, load, what)) +
                          " committed chunks, hashed again, agree");
    }
    for (const auto& [name, load] : before) {
      if (!names.contains(name)) throw refused("load " + name + " is not in the plan any more");
    }
  }

  std::int64_t check_chunks(const ResolvedTable& table, const ResolvedLoad& load, const std::string& what) {
    std::int64_t count = 0;
    std::unique_ptr<Road> road;
    for (const auto& record : chunks_) {
      if (!record.done || record.chunk.load != load.name || record.result.balance.rows_read == 0) continue;
      if (!road) road = road_(table, load);
      Rehash rehash(*road);
      road->travel(record.chunk.range, rehash);
      // Rows that meet rows of the target may have been merged there.
      const Balance& balance = record.result.balance;
      const bool merges_alike = load.may_meet_rows || rehash.rows_merged == balance.rows_emitted_merged;
      if (rehash.digest != record.result.told || rehash.rows_rejected != balance.rows_rejected ||
          !merges_alike) {
        throw refused("load " + load.name + " (" + what +
                      ") would give other rows than those committed for " + shown_range(record.chunk.range));
      }
      ++count;
    }
    return count;
  }

  std::map<std::string, Json> before_;
  std::map<std::string, Json> objects_before_;
  const ResolvedPlan& plan_;
  const PlanNames names_;
  const std::vector<ChunkRecord>& chunks_;
  const std::function<std::unique_ptr<Road>(const ResolvedTable&, const ResolvedLoad&)>& road_;
  std::set<std::string> done_;
  std::vector<std::string> accepted_;
};

// What a load has written, held against what its source holds now.
class CommittedRows {
 public:
  CommittedRows(const ResolvedLoad& load, const std::vector<ChunkRecord>& chunks,
                const std::vector<RejectRecord>& rejects)
      : load_(load) {
    for (const auto& record : chunks) {
      if (record.chunk.load != load.name) continue;
      is_pending_ = is_pending_ || !record.done;
      if (record.done) (record.correction ? corrections_ : chunks_).push_back(&record);
    }
    for (const auto& record : rejects) {
      const bool counts = record.load == load.name && record.reject.kind != RejectKind::merged;
      if (!counts) continue;
      if (record.reject.key.values.empty()) {
        ++rejects_without_key_;
      } else {
        rejected_.insert(to_json(record.reject.key));
      }
    }
  }

  std::int64_t check(Road& road) const {
    Digest now;
    Digest then;
    std::int64_t rejected = 0;
    std::string where;
    for (const auto* record : chunks_) {
      Rehash rehash(road, rejected_);
      road.travel(record->chunk.range, rehash);
      rejected += rehash.rows_rejected;
      // Corrections say nothing of ranges: with them only the whole can be compared.
      if (corrections_.empty() && rehash.digest != record->result.told && where.empty())
        where = shown_range(record->chunk.range);
      // Rows of a table without a key may stand in another place; not while some of them are still to come.
      if (is_pending_ && !where.empty()) throw changed(where);
      now += rehash.digest;
      then += record->result.told;
    }
    for (const auto* record : corrections_) then += record->result.told;
    if (now != then || rejected != rejects_without_key_)
      throw changed(where.empty() ? "of all that was committed" : where);
    return static_cast<std::int64_t>(chunks_.size());
  }

 private:
  Error changed(const std::string& where) const {
    return Error(ErrorCode::refused,
                 "source " + load_.source + " has changed since this run began: load " + load_.name +
                     " would write other rows now than those it committed, " + where,
                 "take the run back and begin a new one: planrun rollback PLAN");
  }

  const ResolvedLoad& load_;
  bool is_pending_ = false;  // not all of its rows are in yet
  std::vector<const ChunkRecord*> chunks_;
  std::vector<const ChunkRecord*> corrections_;
  std::set<std::string> rejected_;  // keys
  std::int64_t rejects_without_key_ = 0;
};

}  // namespace

std::vector<std::string> accept_plan(
    const RunRecord& run, const ResolvedPlan& plan, const std::vector<StepRecord>& steps,
    const std::vector<ChunkRecord>& chunks,
    const std::function<std::unique_ptr<Road>(const ResolvedTable&, const ResolvedLoad&)>& road) {
  if (run.fingerprint == fingerprint(plan)) return {};
  return Comparing(Json::parse(run.resolved_plan), plan, steps, chunks, road).run();
}

std::int64_t check_committed_chunks(
    const ResolvedPlan& plan, const std::set<std::string>& sources, const std::vector<ChunkRecord>& chunks,
    const std::vector<RejectRecord>& rejects,
    const std::function<std::unique_ptr<Road>(const ResolvedTable&, const ResolvedLoad&)>& road) {
  std::int64_t count = 0;
  for (const auto& table : plan.tables) {
    for (const auto& load : table.loads) {
      if (sources.contains(load.source))
        count += CommittedRows(load, chunks, rejects).check(*road(table, load));
    }
  }
  return count;
}

}  // namespace planrun
