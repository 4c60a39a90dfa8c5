#include "run/preview.h"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <set>
#include <thread>

#include "base/error.h"
#include "base/text.h"
#include "base/time.h"
#include "load/road.h"
#include "run/choose_run.h"
#include "run/context.h"
#include "run/guards.h"
#include "run/orphans.h"
#include "run/passed_run.h"
#include "run/prepare.h"
#include "run/sample.h"
#include "run/settle_plan.h"
#include "run/snapshots.h"
#include "run/source_findings.h"
#include "run/throttle.h"
#include "run/transforms.h"

namespace planrun {

namespace {

// A run of a large table takes about so many times as long as converting it alone: COPY, indexes and proof
// (tests/bench, 10 million rows).
constexpr double kRunToPreview = 3.0;
constexpr double kLeastSeconds = 0.2;
constexpr std::size_t kShownOrphans = 5;

// Tells nothing of rows to a target; counts, groups and samples instead.
class Looking : public RowVisitor {
 public:
  Looking(Road& road, Source& source, const ResolvedTable& table, const ResolvedLoad& load,
          const PreviewOptions& options, const std::atomic<bool>& stop, LoadPreview& preview)
      : road_(road),
        source_(source),
        table_(table),
        load_(load),
        options_(options),
        stop_(stop),
        preview_(preview) {}

  bool wants_more(const Reader&) override {
    if (stop_) return false;
    ++preview_.balance.rows_read;
    return true;
  }

  void row(const SourceRow& from, std::span<const Cell> target) override {
    if (from.is_first()) ++preview_.balance.rows_written;
    ++preview_.balance.rows_emitted;
    ++preview_.balance.rows_inserted;
    for (const Cell& cell : target) {
      preview_.bytes += cell.kind == CellKind::text || cell.kind == CellKind::blob
                            ? static_cast<std::int64_t>(cell.bytes.size())
                            : 8;
    }
    if (preview_.balance.rows_written <= static_cast<std::int64_t>(options_.samples))
      add_sample(from, target);
  }

  void rejected(const SourceRow& from, const Misfit& misfit) override {
    ++preview_.balance.rows_rejected;
    const std::string column =
        misfit.value.empty() ? "" : table_.schema.columns[road_.columns()[misfit.column]].name;
    RejectGroup& group = groups_[{column, misfit.reason}];
    group.column = column;
    group.reason = misfit.reason;
    ++group.rows;
    if (group.samples.size() < options_.shown_rejects)
      group.samples.push_back(road_.make_reject(from, misfit));
  }

  void dropped() override { ++preview_.balance.rows_dropped; }

  void merged(const SourceRow& from, std::span<const Cell>, const MergedRow& row) override {
    ++preview_.balance.rows_emitted;
    ++preview_.balance.rows_emitted_merged;
    if (from.outputs == 0 && from.is_first()) ++preview_.balance.rows_merged;
    if (row.differs) ++preview_.rows_different;
  }

  void finish() {
    for (auto& [key, group] : groups_) preview_.rejects.push_back(std::move(group));
    std::stable_sort(preview_.rejects.begin(), preview_.rejects.end(),
                     [](const RejectGroup& a, const RejectGroup& b) { return a.rows > b.rows; });
    const auto rejected = preview_.balance.rows_rejected;
    preview_.stops = rejected > 0 && (load_.on_reject == OnReject::stop ||
                                      (load_.max_rejects >= 0 && rejected > load_.max_rejects));
  }

 private:
  void add_sample(const SourceRow& from, std::span<const Cell> target) {
    if (from.is_first()) {
      SampleRow& added = preview_.samples.emplace_back();
      const Key key = from.key();
      if (!key.values.empty()) added.before = source_.row_as_json(load_.source_table, key);
    }
    SampleRow& sample = preview_.samples.back();
    if (from.output >= options_.sample_rows) {
      ++sample.more;
      return;
    }
    auto& values = sample.after.emplace_back();
    for (std::size_t i = 0; i < target.size(); ++i) {
      const ColumnSchema& column = table_.schema.columns[road_.columns()[i]];
      values.emplace_back(column.name, describe(column.type, target[i]));
    }
  }

  Road& road_;
  Source& source_;
  const ResolvedTable& table_;
  const ResolvedLoad& load_;
  const PreviewOptions& options_;
  const std::atomic<bool>& stop_;
  LoadPreview& preview_;
  std::map<std::pair<std::string, std::string>, RejectGroup> groups_;
};

using LoadOfTable = std::pair<const ResolvedTable*, const ResolvedLoad*>;

// Reads all rows of all loads, several loads at once.
class LoadReading {
 public:
  LoadReading(const std::vector<LoadOfTable>& loads, const std::map<std::string, SourceDatabase*>& sources,
              const Settlements& settlements, TargetDatabase& target, bool reachable,
              const PreviewOptions& options, const std::atomic<bool>& stop)
      : loads_(loads),
        sources_(sources),
        settlements_(settlements),
        target_(target),
        reachable_(reachable),
        options_(options),
        stop_(stop),
        previews_(loads.size()) {}

  std::vector<LoadPreview> run() {
    std::vector<std::thread> threads;
    const int jobs = std::min<int>(options_.jobs, static_cast<int>(loads_.size()));
    for (int i = 0; i < jobs; ++i) threads.emplace_back([this] { work(); });
    for (auto& thread : threads) thread.join();
    if (error_) throw Error(*error_);
    if (stop_) throw Error(ErrorCode::interrupted, "the preview was stopped; nothing was written");
    return std::move(previews_);
  }

 private:
  using Connections = std::map<std::string, std::unique_ptr<Source>>;

  void work() {
    Connections connections;
    for (std::size_t i = next_++; i < loads_.size(); i = next_++) {
      try {
        look_at(*loads_[i].first, *loads_[i].second, connections, previews_[i]);
      } catch (const Error& error) {
        const std::lock_guard lock(mutex_);
        if (!error_) error_ = error.within(loads_[i].second->name);
      }
    }
  }

  void look_at(const ResolvedTable& table, const ResolvedLoad& load, Connections& connections,
               LoadPreview& preview) {
    preview.load = load.name;
    preview.from = load.source + "." + load.source_table;
    auto& source = connections[load.source];
    if (!source) source = sources_.at(load.source)->connect();
    std::unique_ptr<Target> target;
    CanonicalText canonical;
    if (reachable_) {
      canonical = [&](const std::string& type, std::span<const std::string> values) {
        if (!target) target = target_.connect("preview", 0);
        return target->canonical_text(type, values);
      };
    }
    Road road(*source, table, load, target_.dialect().value_limits(), settlements_, canonical);
    Looking looking(road, *source, table, load, options_, stop_, preview);
    road.travel({}, looking);
    looking.finish();
  }

  const std::vector<LoadOfTable>& loads_;
  const std::map<std::string, SourceDatabase*>& sources_;
  const Settlements& settlements_;
  TargetDatabase& target_;
  bool reachable_;
  const PreviewOptions& options_;
  const std::atomic<bool>& stop_;
  std::vector<LoadPreview> previews_;
  std::atomic<std::size_t> next_{0};
  std::mutex mutex_;
  std::optional<Error> error_;
};

using SourcesByName = std::map<std::string, SourceDatabase*>;

// What the ledger says, and the steps of a run that would go on: what they made is not in the way.
std::vector<StepRecord> look_into_ledger(const Plan& plan, const SourcesByName& originals,
                                         TargetDatabase& target, Preview& preview, Diagnostics& wrong) {
  const auto ledger = target.open_ledger(false);
  check_required_plans(plan, *ledger);
  for (const auto& run : ledger->runs(plan.name)) {
    if (run.state == RunState::rolled_back) break;
    refuse_rolling_back(run);
    refuse_other_targets(run, plan);
    refuse_other_sample(run, plan);
    preview.earlier_run = "run " + run.id + " (" + std::string(to_string(run.state)) + ", begun " +
                          to_iso_utc(run.started_at) + ")";
    if (run.state == RunState::passed) {
      preview.earlier_run += " has passed";
      Snapshots snapshots(plan, originals, {});
      snapshots.take_again(snapshots_from_json(run.snapshots));
      refuse_changed_since_passed(run, prepare(plan, snapshots.databases(), target, wrong).plan);
      preview.earlier_run += ": running the plan would write nothing";
    } else {
      preview.earlier_run += " is unfinished: running the plan would go on with it, from its own snapshots";
    }
    return ledger->steps(run.id);
  }
  return {};
}

void look_at_target(const Plan& plan, const ResolvedPlan& resolved, const SourcesByName& originals,
                    TargetDatabase& target, Preview& preview, Diagnostics& wrong) {
  try {
    const auto steps = look_into_ledger(plan, originals, target, preview, wrong);
    if (plan.throttle) why_held(*plan.throttle, target.dialect(), *target.connect("", 0));
    check_target(resolved, target, steps, [&](const std::string& text) { preview.notices.push_back(text); });
    // A run that goes on has read its guards before.
    const auto guards = watched_guards(resolved, target.dialect().name());
    if (!guards.empty() && preview.earlier_run.empty()) {
      const auto connection = target.connect("", 0);
      CheckDatabases databases;
      databases.target = [&](const std::string& sql) { return connection->query(sql); };
      require_readable(guards, databases);
    }
  } catch (const Error& error) {
    preview.target_unreachable = error.code() == ErrorCode::unreachable;
    preview.target_problem = error.what() + (error.hint().empty() ? "" : " (" + error.hint() + ")");
  }
}

void add_merges(const std::vector<LoadOfTable>& loads, const Settlements& settlements, Preview& preview) {
  for (const auto& [group, settlement] : settlements.all()) {
    MergePreview& merge = preview.merges.emplace_back();
    merge.group = group;
    merge.table = settlement.table;
    merge.from = settlement.sources;
    merge.rule = settlement.rule;
    merge.keys_repeated = static_cast<std::int64_t>(settlement.kept.size());
    merge.keys_different = settlement.keys_different;
    merge.samples = settlement.samples;
    if (!settlement.is_settled()) merge.problem = what_is_unsettled(settlement);
    for (std::size_t i = 0; i < loads.size(); ++i) {
      if (!loads[i].second->merge || loads[i].second->merge->group != group) continue;
      const LoadPreview& load = preview.loads[i];
      merge.rows_different += load.rows_different;
      merge.rows_equal += load.balance.rows_emitted_merged - load.rows_different;
    }
  }
}

// What the source alone cannot tell: rows of a table that exists refer to rows that are there as well. A key
// that the run takes away for its rows comes back over all of them, or the run does not begin.
void add_orphans(const OrphanRequest& request, Preview& preview) {
  const PlanNames names(request.plan);
  for (const auto& orphans : find_orphans(request)) {
    std::vector<std::string> shown = orphans.shown;
    if (shown.size() > kShownOrphans) shown.resize(kShownOrphans);
    if (orphans.rows > static_cast<std::int64_t>(shown.size())) shown.emplace_back("...");
    preview.findings.push_back(
        {orphans.load, what_is_missing(orphans) + ": " + join(shown, "; "), orphans.rows,
         orphans.key->restored || names.load(orphans.load).second->on_reject == OnReject::stop});
  }
}

// Whether rows of the plan may refer to rows that are rejected.
bool may_refer_to_rejects(const ResolvedPlan& plan, const Preview& preview) {
  const PlanNames names(plan);
  std::set<std::string> rejecting;
  for (const LoadPreview& load : preview.loads) {
    if (load.balance.rows_rejected > 0) rejecting.insert(names.load(load.load).first->schema.name);
  }
  return std::ranges::any_of(plan.tables, [&](const ResolvedTable& table) {
    return std::ranges::any_of(table.schema.foreign_keys,
                               [&](const auto& key) { return rejecting.contains(key.table); });
  });
}

void add_ddl(const ResolvedPlan& plan, const Dialect& dialect, Preview& preview) {
  const PlanNames names(plan);
  for (const Step& step : preview.graph.steps) {
    for (const auto& table : step.creates) {
      preview.ddl.push_back(
          {create_step_id(table), dialect.schema_steps(names.table(table)->schema)[0].statements});
    }
    if (!step.statements.empty()) preview.ddl.push_back({step.id, step.statements});
  }
}

std::string asks(const PlanCheck& check, const std::string& dialect) {
  const auto own = check.sql.by_dialect.find(dialect);
  std::string text = own == check.sql.by_dialect.end() ? check.sql.any : own->second;
  if (check.runs > 0) text += "  timed " + std::to_string(check.runs) + " times";
  if (!check.at_most.empty()) text += "  expect at most " + check.at_most;
  if (check.expect) text += "  expect " + check.expect->text;
  if (!check.source.empty()) text += "  expect what " + check.source + " says to: " + check.source_sql.text;
  return text;
}

}  // namespace

bool Preview::would_pass() const {
  const auto stops = [](const auto& item) { return item.stops; };
  return (target_problem.empty() || target_unreachable) && std::none_of(loads.begin(), loads.end(), stops) &&
         std::all_of(merges.begin(), merges.end(), [](const auto& m) { return m.problem.empty(); }) &&
         std::none_of(findings.begin(), findings.end(), stops);
}

Preview preview_plan(const Plan& plan, const std::map<std::string, SourceDatabase*>& originals,
                     TargetDatabase& target, const PreviewOptions& options, const std::atomic<bool>& stop,
                     Diagnostics& wrong) {
  const auto start = std::chrono::steady_clock::now();
  // As a run would read them.
  std::map<std::string, SourceDatabase*> sources = originals;
  std::vector<std::unique_ptr<SourceDatabase>> moments;
  for (auto& [name, source] : sources) {
    if (!source->has_moments()) continue;
    moments.push_back(source->at_moment());
    source = moments.back().get();
  }
  std::map<std::string, std::string> states;
  for (const auto& [name, source] : sources) states[name] = source->state().text;
  Prepared prepared = prepare(plan, sources, target, wrong);
  Preview preview;
  preview.sample = plan.sample;
  std::optional<PassingSample> sample;
  if (plan.sample > 0) {
    const auto notice = [&](const std::string& text) { preview.notices.push_back(text); };
    sample.emplace(prepared.plan, sources, target, notice, stop);
    prepared = prepare(plan, sample->databases(), target, wrong);
  }
  const auto& read = sample ? sample->databases() : sources;
  preview.plan = plan.name;
  preview.fingerprint = fingerprint(prepared.plan);
  preview.target = target.shown_url();
  preview.unread_tables = prepared.unread_tables;
  preview.missing_parts = prepared.missing_parts;
  for (const auto& [name, source] : sources) {
    preview.sources.push_back(name + ": " + source->shown_url());
    for (const auto& notice : source->notices()) preview.notices.push_back(name + ": " + notice);
  }
  look_at_target(plan, prepared.plan, originals, target, preview, wrong);
  if (preview.target_problem.empty()) require_answerable(plan, prepared.plan, read, target, wrong);
  preview.graph = build_graph(prepared.plan, target.dialect(), prepared.sizes);
  add_ddl(prepared.plan, target.dialect(), preview);
  for (const auto& check : prepared.plan.checks)
    preview.checks.emplace_back(check.name, asks(check, target.dialect().name()));

  for (const auto& [name, source] : sources) require_intact(name, source->shown_url(), *source, stop);
  std::vector<LoadOfTable> loads;
  for (const auto& table : prepared.plan.tables) {
    for (const auto& load : table.loads) loads.emplace_back(&table, &load);
  }
  check_repeatable(prepared.plan, read);
  SettlePlanOptions settling;
  settling.run = "preview";
  settling.ask_target = !preview.target_unreachable;
  settling.samples = options.shown_merges;
  settling.samples_where_settled = true;
  const auto before_settling = std::chrono::steady_clock::now();
  const Settlements settlements = settle_plan(prepared.plan, read, target, settling, stop);
  const std::chrono::duration<double> settled = std::chrono::steady_clock::now() - before_settling;
  preview.loads =
      LoadReading(loads, read, settlements, target, !preview.target_unreachable, options, stop).run();
  add_merges(loads, settlements, preview);
  SourceAnswers answers = ask_sources(prepared.plan, read);
  preview.findings = std::move(answers.findings);
  preview.not_looked_for = std::move(answers.left);
  add_orphans({prepared.plan, read, settlements, target, stop, "preview", false}, preview);
  preview.rejects_are_exact = preview.findings.empty() && !may_refer_to_rejects(prepared.plan, preview);
  for (const auto& [name, source] : sources) {
    if (source->state().text != states[name]) {
      preview.notices.push_back(name +
                                " was written to while it was read: the figures are of different moments");
    }
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  // A run settles as the preview does.
  preview.estimated_seconds = kLeastSeconds + settled.count() + (took - settled).count() * kRunToPreview;
  return preview;
}

}  // namespace planrun
